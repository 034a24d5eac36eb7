#include "logic/answer_request.hpp"

#include <rig/answers/message.hpp>

#include <boost/json/parse.hpp>

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::api {
namespace json = boost::json;
namespace {

constexpr std::string_view kPrefix = "Failed to parse request body: ";

std::string refusal_of(answers::BadStatus bad, std::string_view code) {
  std::string text(kPrefix);
  if (bad == answers::BadStatus::kOutOfRange)
    return text + "rig-response-code must be between 200 and 599";
  return text.append("{:error, {:not_an_integer, \"").append(code).append("\"}}");
}

}  // namespace

boost::system::result<AnswerRequest, std::string> parse_answer(transport::HttpRequest request) {
  const auto code = request.headers.find("rig-response-code");
  if (!code || !request.headers.find("rig-correlation")) return std::string(kPrefix) + ":error";
  std::vector<answers::MessageHeader> headers;
  headers.reserve(request.headers.size());
  for (std::size_t i = 0; i < request.headers.size(); ++i)
    headers.emplace_back(request.headers[i].name, request.headers[i].value);
  auto message = answers::read_message(headers, std::move(request.body));
  if (!message) return refusal_of(message.error(), *code);
  return AnswerRequest{.answer = std::move(message->answer),
                       .correlation = *std::move(message->correlation)};
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
