#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rig::answers {

/// An answer that came another way than its request. Of the headers only those are passed on that
/// concern the client.
struct Answer {
  int status = 200;                                          ///< 200 to 599
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;                                          ///< not sent with 204 and 304
};

}  // namespace rig::answers
