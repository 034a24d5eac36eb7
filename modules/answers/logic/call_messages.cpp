#include "logic/call_messages.hpp"

#include <rig/answers/message.hpp>
#include <rig/peers/fields.hpp>

#include <utility>
#include <vector>

namespace rig::answers {
namespace {

constexpr std::string_view kHeader = "header.";

}  // namespace

std::string to_text(const AnswerCall& call) {
  peers::Fields fields{{"correlation", call.correlation},
                       {"header.rig-response-code", std::to_string(call.answer.status)},
                       {"body", call.answer.body}};
  for (const auto& [name, value] : call.answer.headers)
    fields.add(std::string(kHeader).append(name), value);
  return fields.to_text();
}

/// Read as what a broker brings, so that nothing else gets into the head of an answer.
std::optional<AnswerCall> parse_answer_call(std::string_view text) {
  const auto fields = peers::Fields::parse(text);
  if (!fields || !fields->find("correlation")) return std::nullopt;
  std::vector<MessageHeader> headers;
  for (const auto& [name, value] : fields->all()) {
    if (name.starts_with(kHeader))
      headers.emplace_back(std::string_view(name).substr(kHeader.size()), value);
  }
  auto message = read_message(headers, fields->text("body"));
  if (!message || !message->has_status) return std::nullopt;
  return AnswerCall{fields->text("correlation"), std::move(message->answer)};
}

}  // namespace rig::answers
