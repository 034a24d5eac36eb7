#pragma once

#include <rig/http_client/message.hpp>

#include <string>

namespace rig::http_client {

/// Why the method or a header cannot be sent, without its value; empty if they can. Values come
/// from requests of clients, so nothing that could end a line or start another one gets through
/// (RFC 9110 section 5.5), and no field that says where the message ends.
std::string reason_not_to_send(const Request& request);

}  // namespace rig::http_client
