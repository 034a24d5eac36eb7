// A pointer in the first line and an event's data after it: whatever they are, extraction ends with
// one value, and a pointer is made of its tokens and nothing else.

#include <rig/cloudevents/codec.hpp>
#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace rig::cloudevents;

class OnePointer final : public FieldPlans {
 public:
  explicit OnePointer(JsonPointer pointer) { plan_.fields.push_back(std::move(pointer)); }
  [[nodiscard]] const FieldPlan* plan_for(std::string_view) const noexcept override {
    return &plan_;
  }

 private:
  FieldPlan plan_;
};

std::string joined(const JsonPointer& pointer) {
  std::string text;
  for (const std::string& token : pointer.tokens) {
    text += '/';
    for (const char c : token) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(0, end);
  const std::string_view event_data = input.substr(std::min(end + 1, input.size()));

  auto pointer = JsonPointer::parse(text);
  if (!pointer) {
    RIG_ASSERT(!pointer.error().empty());
    return 0;
  }
  RIG_ASSERT(joined(*pointer) == text);

  std::string json = R"({"specversion":"1.0","type":"t","source":"/x","id":"1","data":)";
  json += event_data;
  json += '}';
  const auto event = decode_structured(json, OnePointer(*pointer));
  if (!event) return 0;
  RIG_ASSERT((*event)->json() == json);
  RIG_ASSERT((*event)->fields().size() == 1);
  const FieldValue& field = (*event)->fields().front();
  RIG_ASSERT(field == field);
  return 0;
}
