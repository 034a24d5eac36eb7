#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace rig::sessions {

/// A connection as it is listed: once for each of its sessions.
struct Connection {
  std::string session;
  std::string user;
  std::string transport;
  std::chrono::system_clock::time_point since;  ///< when it joined the session
  std::string node;
  std::string subscriptions_json;
};

struct Page {
  std::vector<Connection> connections;  ///< by session, those of one session oldest first
  std::optional<std::string> next;      ///< the last session of the page, if there are more
};

}  // namespace rig::sessions
