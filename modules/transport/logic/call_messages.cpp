#include "logic/call_messages.hpp"

#include <rig/core/ascii.hpp>
#include <rig/peers/fields.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace rig::transport {
namespace {

using peers::Fields;

constexpr std::array<std::string_view, 3> kRequestHeaders{"accept", "authorization",
                                                          "content-type"};
/// Before the name of a header; other names are of the call.
constexpr std::string_view kHeader = "header.";

/// What may stand in the head of an answer; nothing else gets there, whoever sent it.
bool is_line(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void add_header(Fields& fields, const Headers::Entry& header) {
  fields.add(std::string(kHeader).append(header.name), header.value);
}

void take_headers(const Fields& fields, Headers& headers) {
  for (const auto& [name, value] : fields.all()) {
    if (name.starts_with(kHeader) && is_line(name) && is_line(value))
      headers.add(std::string_view(name).substr(kHeader.size()), value);
  }
}

}  // namespace

std::string to_call(const HttpRequest& request) {
  Fields fields{{"method", request.method}, {"target", request.target}, {"body", request.body}};
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto header = request.headers[i];
    const auto is_this = [&](std::string_view name) {
      return equals_ignoring_case(name, header.name);
    };
    if (std::ranges::any_of(kRequestHeaders, is_this)) add_header(fields, header);
  }
  return fields.to_text();
}

std::optional<HttpRequest> request_of_call(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields || !fields->find("method") || !fields->find("target")) return std::nullopt;
  HttpRequest request;
  request.method = fields->text("method");
  request.target = fields->text("target");
  request.body = fields->text("body");
  take_headers(*fields, request.headers);
  return request;
}

std::string to_answer(const HttpResponse& response) {
  Fields fields{{"status", std::to_string(response.status)},
                {"content-type", response.content_type},
                {"reason", response.reason},
                {"body", response.body}};
  for (std::size_t i = 0; i < response.headers.size(); ++i) add_header(fields, response.headers[i]);
  return fields.to_text();
}

std::optional<HttpResponse> response_of_answer(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields) return std::nullopt;
  const auto status = fields->number<int>("status");
  constexpr int kStatusMin = 200;
  constexpr int kStatusMax = 599;
  if (!status || *status < kStatusMin || *status > kStatusMax) return std::nullopt;
  if (!is_line(fields->text("content-type")) || !is_line(fields->text("reason")))
    return std::nullopt;
  HttpResponse response;
  response.status = *status;
  response.content_type = fields->text("content-type");
  response.reason = fields->text("reason");
  response.body = fields->text("body");
  take_headers(*fields, response.headers);
  return response;
}

std::string to_call(const PollCall& call) {
  return Fields{
      {"token", call.token}, {"seen", call.seen}, {"wait", std::to_string(call.wait.count())}}
      .to_text();
}

std::optional<PollCall> poll_of_call(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields || !fields->find("token")) return std::nullopt;
  const auto wait = fields->number<std::uint32_t>("wait");
  if (!wait) return std::nullopt;
  return PollCall{fields->text("token"), fields->text("seen"), std::chrono::milliseconds(*wait)};
}

std::string to_answer(const PollAnswer& answer) {
  Fields fields;
  if (answer.page) {
    fields.add("last_event_id", answer.page->last_event_id);
    fields.add("events", answer.page->events);
  }
  if (answer.may_come) fields.add("may_come", "1");
  return fields.to_text();
}

std::optional<PollAnswer> poll_of_answer(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields) return std::nullopt;
  PollAnswer answer;
  if (fields->find("events"))
    answer.page = PollPage{fields->text("last_event_id"), fields->text("events")};
  answer.may_come = fields->find("may_come").has_value();
  return answer;
}

HttpResponse call_failed(peers::CallFailure why) {
  if (why == peers::CallFailure::kTooLarge)
    return HttpResponse::error(413, "The node that has this connection takes less at a time.");
  return HttpResponse::error(503, "The node that has this connection cannot be reached now.");
}

}  // namespace rig::transport
