// Any bytes as what another node says in a call: no crash, and what is read is what was written.

#include "logic/call_messages.hpp"

#include <rig/core/assert.hpp>
#include <rig/peers/fields.hpp>
#include <rig/peers/node_id.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace {

using rig::peers::Fields;

void check_fields(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields) return;
  const auto again = Fields::parse(fields->to_text());
  RIG_ASSERT(again && again->to_text() == fields->to_text());
  RIG_ASSERT(again->all().size() == fields->all().size());
}

template <class Message>
void check(const std::optional<Message>& message, auto write, auto read) {
  if (!message) return;
  const auto text = write(*message);
  const auto again = read(text);
  RIG_ASSERT(again && write(*again) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace transport = rig::transport;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_fields(text);
  if (const auto node = rig::peers::parse_node_id(text))
    RIG_ASSERT(rig::peers::text_of(*node) == text);
  const auto to_call = [](const auto& message) { return transport::to_call(message); };
  const auto to_answer = [](const auto& message) { return transport::to_answer(message); };
  check(transport::request_of_call(text), to_call, &transport::request_of_call);
  check(transport::poll_of_call(text), to_call, &transport::poll_of_call);
  check(transport::response_of_answer(text), to_answer, &transport::response_of_answer);
  check(transport::poll_of_answer(text), to_answer, &transport::poll_of_answer);
  return 0;
}
