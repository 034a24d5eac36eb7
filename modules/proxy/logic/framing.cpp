#include "logic/framing.hpp"

#include "logic/http_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace rig::proxy {
namespace {

// Beyond this some reader's signed number would overflow.
constexpr std::uint64_t kLengthMax = std::uint64_t{1} << 62U;

/// Digits alone: signs, blanks and prefixes are where readers differ.
std::optional<std::uint64_t> parse_length(std::string_view text) noexcept {
  std::uint64_t length = 0;
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
  if (parsed.ec != std::errc{} || length > kLengthMax) return std::nullopt;
  return length;
}

/// A list of equal lengths is one (RFC 9112, 6.3, rule 5).
bool take_lengths(std::string_view value, std::optional<std::uint64_t>& length) noexcept {
  while (true) {
    const auto comma = value.find(',');
    const auto one = parse_length(trim(value.substr(0, comma)));
    if (!one || (length && *length != *one)) return false;
    length = one;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

boost::system::result<DeclaredFraming, BadMessage> declared_framing(const Headers& headers,
                                                                    int version) {
  std::optional<std::uint64_t> length;
  int codings = 0;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers[i];
    if (iequals(name, "content-length")) {
      if (!take_lengths(value, length)) return BadMessage{"The content-length is not valid."};
    } else if (iequals(name, "transfer-encoding")) {
      ++codings;
      if (codings > 1 || !iequals(value, "chunked"))
        return BadMessage{"The only transfer coding understood is chunked."};
    }
  }
  if (codings > 0 && length)
    return BadMessage{"The message has both a content-length and a transfer-encoding."};
  if (codings > 0 && version < 11) return BadMessage{"HTTP/1.0 has no transfer-encoding."};
  if (codings > 0) return DeclaredFraming{true, {Framing::Kind::kChunked, 0}};
  if (length) return DeclaredFraming{true, {Framing::Kind::kLength, *length}};
  return DeclaredFraming{};
}

boost::system::result<Framing, BadMessage> request_framing(const Headers& headers, int version) {
  auto declared = declared_framing(headers, version);
  if (!declared) return declared.error();
  return declared->framing;
}

boost::system::result<Framing, BadMessage> response_framing(const Headers& headers, int version,
                                                            int status, bool is_head) {
  auto declared = declared_framing(headers, version);
  if (!declared) return declared.error();
  using Kind = Framing::Kind;
  if (status == 101) return Framing{Kind::kUpgraded, 0};
  if (is_head || status < 200 || status == 204 || status == 304) return Framing{Kind::kNone, 0};
  return declared->is_declared ? declared->framing : Framing{Kind::kUntilClose, 0};
}

}  // namespace rig::proxy
