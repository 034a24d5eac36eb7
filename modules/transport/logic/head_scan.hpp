#pragma once

#include <cstddef>
#include <string_view>

namespace rig::transport {

/// Looks over the lines of a request's head before it is parsed, for what the parser would take or
/// wait for, and servers behind read in other ways: a line that goes on in the next one (RFC 9112,
/// 5.2) and a line that ends with LF alone (2.2). Each byte is looked at once.
class HeadScan {
 public:
  /// `bytes`: all that has come of the request, from its first byte. What is behind the head is not
  /// looked at. Returns why the request is refused; empty: it is not, so far.
  [[nodiscard]] std::string_view check(std::string_view bytes) noexcept;

 private:
  std::size_t seen_ = 0;
  bool is_over_ = false;
};

}  // namespace rig::transport
