#pragma once

#include <rig/answers/answer.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::answers {

/// An answer on its way to the node that has its client.
struct AnswerCall {
  std::string correlation;  ///< sealed
  Answer answer;
};
std::string to_text(const AnswerCall& call);
std::optional<AnswerCall> parse_answer_call(std::string_view text);

}  // namespace rig::answers
