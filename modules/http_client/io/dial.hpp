#pragma once

#include "io/call.hpp"
#include "logic/url.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/http_client/http_client.hpp>

#include <boost/asio/ssl/context.hpp>

#include <optional>

namespace rig::http_client {

/// Opens the connection of `call`, which is new: name, TCP, TLS. Returns why that failed, or
/// nothing. The caller looks at `call->ended()` first.
Task<std::optional<Failure>> dial(Ref<Call> call, Ref<const Url> url,
                                  Ref<boost::asio::ssl::context> tls);

}  // namespace rig::http_client
