#pragma once

#include <rig/sessions/connection.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rig::api {

/// What one node asks another about its connections: those of a page, of a session, or of a user.
struct SessionQuestion {
  std::string after = {};  ///< of a page
  std::size_t limit = 0;   ///< of a page; 0: of a session or a user
  std::string session = {};
  std::string user = {};
};
std::string to_text(const SessionQuestion& question);
std::optional<SessionQuestion> parse_session_question(std::string_view text);

/// The answer; without `next` but for a page.
std::string to_text(const sessions::Page& page);
std::optional<sessions::Page> parse_session_page(std::string_view text);

}  // namespace rig::api
