#include "logic/head_scan.hpp"

namespace rig::transport {

std::string_view HeadScan::check(std::string_view bytes) noexcept {
  while (!is_over_) {
    const auto end = bytes.find('\n', seen_);
    if (end == std::string_view::npos) {
      seen_ = bytes.size();
      break;
    }
    if (end == 0 || bytes[end - 1] != '\r')
      return "A line of the request's head does not end with CR and LF.";
    seen_ = end;  // what comes behind this line end may be still to come
    const auto next = bytes.substr(end + 1, 2);
    if (next.empty() || next == "\r") break;
    if (next[0] == ' ' || next[0] == '\t')
      return "A line of the request's head goes on in the next one.";
    is_over_ = next == "\r\n";
    ++seen_;
  }
  return {};
}

}  // namespace rig::transport
