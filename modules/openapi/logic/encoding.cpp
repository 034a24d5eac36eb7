#include "logic/encoding.hpp"

#include <rig/core/assert.hpp>

#define ZLIB_CONST
#include <zlib.h>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rig::openapi {
namespace {

constexpr std::size_t kTrailerBytes = 8;  // RFC 1952, 2.3.1

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

/// Takes what stands before the separator away.
std::string_view take(std::string_view& list, char separator) {
  const auto part = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(part.size() + 1, list.size()));
  return trimmed(part);
}

/// `q=0`, `q=0.0` and so on: everything but this.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = take(parameters, ';');
    if (parameter.starts_with("q=") || parameter.starts_with("Q="))
      return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

std::uint32_t size_of_content(std::string_view gzipped) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i)
    size = size << 8U | static_cast<unsigned char>(gzipped[gzipped.size() - 1 - i]);
  return size;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  bool accepts_any = false;
  while (!accept_encoding.empty()) {
    auto parameters = take(accept_encoding, ',');
    const auto coding = take(parameters, ';');
    if (boost::beast::iequals(coding, "gzip")) return !is_refused(parameters);
    if (coding == "*") accepts_any = !is_refused(parameters);
  }
  return accepts_any;
}

std::string unzipped(std::string_view gzipped) {
  RIG_ASSERT(gzipped.size() > kTrailerBytes);
  std::string content(size_of_content(gzipped), '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<const Bytef*>(gzipped.data());
  stream.avail_in = static_cast<uInt>(gzipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  constexpr int kGzipOnly = 16;
  RIG_ASSERT(inflateInit2(&stream, MAX_WBITS + kGzipOnly) == Z_OK);
  const int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  RIG_ASSERT(result == Z_STREAM_END);
  return content;
}

std::string tag_of(std::string_view gzipped) {
  RIG_ASSERT(gzipped.size() > kTrailerBytes);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string tag = "\"";
  for (const char c : gzipped.substr(gzipped.size() - kTrailerBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    tag += kDigits[byte >> 4U];
    tag += kDigits[byte & 0xFU];
  }
  return tag + '"';
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    auto candidate = take(if_none_match, ',');
    if (candidate == "*") return true;
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == tag) return true;
  }
  return false;
}

}  // namespace rig::openapi
