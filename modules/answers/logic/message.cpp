#include <rig/answers/message.hpp>

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace rig::answers {
namespace {

constexpr std::string_view kCorrelation = "rig-correlation";
constexpr std::string_view kStatus = "rig-response-code";
constexpr std::string_view kContentType = "content-type";
constexpr int kStatusMin = 200;
constexpr int kStatusMax = 599;

bool concerns_client(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> kNames{kContentType, "content-language", "location",
                                                   "set-cookie", "cache-control",    "etag"};
  return name.starts_with("x-") || std::ranges::find(kNames, name) != kNames.end();
}

boost::system::result<int, BadStatus> status_of(std::string_view text) noexcept {
  if (text.starts_with('+')) text.remove_prefix(1);  // as the first RIG took it
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (error == std::errc::result_out_of_range) return BadStatus::kOutOfRange;
  if (error != std::errc() || end != text.data() + text.size()) return BadStatus::kNoNumber;
  if (status < kStatusMin || status > kStatusMax) return BadStatus::kOutOfRange;
  return status;
}

}  // namespace

boost::system::result<Message, BadStatus> read_message(std::span<const MessageHeader> headers,
                                                       std::string body) {
  Message message;
  bool has_content_type = false;
  for (const auto& [original, value] : headers) {
    auto name = lower_case(original);
    if (name == kCorrelation) message.correlation = std::string(value);
    if (name == kStatus) {
      const auto status = status_of(value);
      if (!status) return status.error();
      message.answer.status = *status;
      message.has_status = true;
    }
    if (!concerns_client(name) || !is_token(name) || !has_value_chars_alone(value)) continue;
    if (name == kContentType && std::exchange(has_content_type, true)) continue;
    message.answer.headers.emplace_back(std::move(name), value);
  }
  message.answer.body = std::move(body);
  return message;
}

}  // namespace rig::answers
