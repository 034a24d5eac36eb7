#include "logic/answer_request.hpp"

#include <rig/core/ascii.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace rig::api {
namespace json = boost::json;
namespace {

constexpr std::string_view kPrefix = "Failed to parse request body: ";

bool concerns_client(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> kNames{"content-type", "content-language", "location",
                                                   "set-cookie",   "cache-control",    "etag"};
  return name.starts_with("x-") || std::ranges::find(kNames, name) != kNames.end();
}

/// A whole number, with a sign or without.
std::optional<int> whole_number(std::string_view text) noexcept {
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

boost::system::result<AnswerRequest, std::string> parse_answer(transport::HttpRequest request) {
  AnswerRequest parsed;
  const auto correlation = request.headers.find("rig-correlation");
  const auto code = request.headers.find("rig-response-code");
  if (!correlation || !code) return std::string(kPrefix) + ":error";
  const auto status = whole_number(*code);
  if (!status)
    return std::string(kPrefix)
        .append("{:error, {:not_an_integer, \"")
        .append(*code)
        .append("\"}}");
  if (*status < 200 || *status > 599)
    return std::string(kPrefix) + "rig-response-code must be between 200 and 599";
  parsed.correlation = *correlation;
  parsed.answer.status = *status;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto header = request.headers[i];
    auto name = lower_case(header.name);
    if (concerns_client(name)) parsed.answer.headers.emplace_back(std::move(name), header.value);
  }
  parsed.answer.body = std::move(request.body);
  return parsed;
}

boost::system::result<AnswerRequest, std::string> parse_answer_event(
    transport::HttpRequest request) {
  boost::system::error_code error;
  const auto event = json::parse(request.body, error);
  const auto* members = error ? nullptr : event.if_object();
  if (members == nullptr || !members->contains("specversion"))
    return std::string(kPrefix) + "{:error, :not_a_cloud_event}";
  const auto* rig = members->if_contains("rig");
  const auto* of_rig = rig == nullptr ? nullptr : rig->if_object();
  const auto* correlation = of_rig == nullptr ? nullptr : of_rig->if_contains("correlation");
  const auto* text = correlation == nullptr ? nullptr : correlation->if_string();
  if (text == nullptr) return std::string(kPrefix) + ":error";
  AnswerRequest parsed;
  parsed.correlation = *text;
  parsed.answer.headers.emplace_back("content-type", "application/json; charset=utf-8");
  parsed.answer.body = std::move(request.body);
  return parsed;
}

}  // namespace rig::api
