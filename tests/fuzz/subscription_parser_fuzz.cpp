// The subscriptions of a request, as text; the first byte chooses what happens to unknown fields.
// A refusal is one printable line. What is accepted, told to the client and sent by it again, means
// the same.

#include "logic/extractors.hpp"
#include "logic/subscription_parser.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rig::subscriptions;

constexpr std::string_view kExtractors = R"({"order": {
  "region": {"stable_field_index": 0, "event": {"json_pointer": "/data/region"}},
  "vip":    {"stable_field_index": 1, "event": {"json_pointer": "/data/vip"}},
  "owner":  {"stable_field_index": 2, "event": {"json_pointer": "/data/owner"}}}})";

const Extractors& extractors() {
  static std::vector<std::string> problems;
  static const Extractors parsed = Extractors::parse(kExtractors, 256, problems);
  return parsed;
}

void check(const Subscription& subscription, const SubscriptionLimits& limits) {
  RIG_ASSERT(!subscription.event_type.empty());
  RIG_ASSERT(subscription.event_type.size() <= limits.event_type_bytes_max);
  RIG_ASSERT(subscription.clauses.size() <= limits.clauses_max);
  for (const auto& clause : subscription.clauses) {
    RIG_ASSERT(std::ranges::is_sorted(clause.fields, std::less_equal{},
                                      &decltype(clause.fields)::value_type::first) ||
               clause.fields.size() < 2);
    for (const auto& [position, value] : clause.fields)
      RIG_ASSERT(position < 3 && !value.is_nothing());
  }
}

bool same(const Subscription& a, const Subscription& b) {
  return a.event_type == b.event_type && a.json == b.json &&
         std::ranges::equal(a.clauses, b.clauses, {}, &Clause::fields, &Clause::fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const SubscriptionLimits limits{.subscriptions_max = 10, .clauses_max = 20, .field_sets_max = 6};
  const SubscriptionParser parser(
      limits, data[0] == 'i' ? UnknownFields::kIgnore : UnknownFields::kReject, extractors());
  const auto parsed = parser.parse({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (parsed.has_error()) {
    const std::string& text = parsed.error();
    RIG_ASSERT(!text.empty() && text.size() < 1000);
    RIG_ASSERT(std::ranges::none_of(text, [](unsigned char c) { return c < 0x20; }));
    return 0;
  }
  RIG_ASSERT(parsed->size() <= limits.subscriptions_max);
  std::string echo = "[";
  for (const auto& subscription : *parsed) {
    check(subscription, limits);
    echo += (echo.size() > 1 ? "," : "") + subscription.json;
  }
  const auto again = parser.parse(echo + "]");
  RIG_ASSERT(again.has_value() && std::ranges::equal(*parsed, *again, same));
  return 0;
}
