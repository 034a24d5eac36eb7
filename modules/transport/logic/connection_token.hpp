#pragma once

#include <string>

namespace rig::transport {

/// A name for a connection that nobody can guess: 144 random bits, URL-safe. Whoever knows it may
/// change what the connection is subscribed to.
std::string new_connection_token();

}  // namespace rig::transport
