// Any message: header lines, an empty line, the body. What is accepted is JSON that means the same
// event again, and the text of structured events is what came in.

#include <rig/cloudevents/codec.hpp>
#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rig::cloudevents;

class Plans final : public FieldPlans {
 public:
  Plans() {
    for (const std::string_view pointer : {"/data", "/data/a", "/data/0", "/type", "/n", "/"}) {
      plan_.fields.push_back(*JsonPointer::parse(pointer));
    }
  }
  [[nodiscard]] const FieldPlan* plan_for(std::string_view) const noexcept override {
    return &plan_;
  }

 private:
  FieldPlan plan_;
};

/// Takes the header lines off the front of a message.
std::vector<Header> take_headers(std::string_view& message) {
  std::vector<Header> headers;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, end);
    message.remove_prefix(std::min(end + 1, message.size()));
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  return headers;
}

void expect_same_when_decoded_again(const EventRef& event, const Plans& plans) {
  const auto again = decode_structured(event->json(), plans);
  RIG_ASSERT(again.has_value());
  RIG_ASSERT((*again)->version() == event->version());
  RIG_ASSERT((*again)->type() == event->type());
  RIG_ASSERT((*again)->source() == event->source());
  RIG_ASSERT((*again)->id() == event->id());
  RIG_ASSERT((*again)->fields() == event->fields());
  RIG_ASSERT(!event->type().empty() && event->type().size() <= 256);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Plans kPlans;
  std::string_view body(reinterpret_cast<const char*>(data), size);
  const std::vector<Header> headers = take_headers(body);

  const auto delivery = decode_http({.headers = headers, .body = std::string(body)}, kPlans);
  if (!delivery) {
    RIG_ASSERT(!delivery.error().message.empty());
    return 0;
  }
  RIG_ASSERT(delivery->is_batch || delivery->events.size() == 1);
  for (const EventRef& event : delivery->events) {
    expect_same_when_decoded_again(event, kPlans);
    if (delivery->is_batch) RIG_ASSERT(body.find(event->json()) != std::string_view::npos);
  }

  const auto structured = decode_structured(std::string(body), kPlans);
  if (structured) RIG_ASSERT((*structured)->json() == body);
  return 0;
}
