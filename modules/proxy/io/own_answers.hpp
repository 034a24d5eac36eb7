#pragma once

#include <rig/proxy/answer.hpp>
#include <rig/transport/http_message.hpp>

#include <string_view>

namespace rig::proxy {

/// An answer that came another way, as the client gets it.
[[nodiscard]] transport::HttpResponse response_of(Answer answer);

/// Adds what browsers ask for before they show an answer of the gateway's own to a page; the
/// transport adds the origins. `headers`: those that a page may send, separated by commas.
[[nodiscard]] transport::HttpResponse for_browsers(transport::HttpResponse response,
                                                   std::string_view headers);

}  // namespace rig::proxy
