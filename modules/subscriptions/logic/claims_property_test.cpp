#include "logic/claims.hpp"

#include "logic/test_subscriber.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// What reaches a client against the rules, written down as plainly as possible: random extractors,
// requests, tokens and events. Everything between the texts and the deliveries is the real thing:
// extractors, parser, claims, decoder, index.

namespace rig::subscriptions {
namespace {

namespace json = boost::json;

struct FieldModel {
  std::string name;
  std::string event;                 // a JSON pointer
  std::optional<std::string> claim;  // another one
  bool is_enforced = false;
};

struct TypeModel {
  std::string name;
  std::vector<FieldModel> fields;
};

/// The rules.
namespace model {

bool is_scalar(const json::value& value) {
  return !value.is_null() && !value.is_array() && !value.is_object();
}

bool equal(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  return is_scalar(a) && is_scalar(b) && a == b;
}

const json::value* at(const json::value& document, const std::string& pointer) {
  json::error_code error;
  return document.find_pointer(pointer, error);
}

/// Whether the claim says that the field may have, or should have, the value it has in the event.
bool claim_has(const FieldModel& field, const json::value& claims, const json::value& event) {
  const json::value* claim = at(claims, *field.claim);
  const json::value* value = at(event, field.event);
  if (claim == nullptr || value == nullptr) return false;
  if (!claim->is_array()) return equal(*claim, *value);
  return std::ranges::any_of(claim->get_array(),
                             [&](const json::value& any) { return equal(any, *value); });
}

bool is_enforced(const TypeModel& type) {
  return std::ranges::any_of(type.fields, &FieldModel::is_enforced);
}

/// Whether one of the tokens allows the values of all enforced fields.
bool allows(const TypeModel& type, const json::array& tokens, const json::value& event) {
  return std::ranges::any_of(tokens, [&](const json::value& claims) {
    return std::ranges::all_of(type.fields, [&](const FieldModel& field) {
      return !field.is_enforced || claim_has(field, claims, event);
    });
  });
}

/// Whether it follows from one of the tokens that the client gets the event.
bool infers(const TypeModel& type, const json::array& tokens, const json::value& event) {
  const auto has_claim = [](const FieldModel& field) { return field.claim.has_value(); };
  if (std::ranges::none_of(type.fields, has_claim)) return false;
  return std::ranges::any_of(tokens, [&](const json::value& claims) {
    return std::ranges::all_of(type.fields, [&](const FieldModel& field) {
      return !field.claim || claim_has(field, claims, event);
    });
  });
}

bool holds(const TypeModel& type, const json::object& clause, const json::value& event) {
  return std::ranges::all_of(type.fields, [&](const FieldModel& field) {
    const json::value* asked = clause.if_contains(field.name);
    if (asked == nullptr || asked->is_null()) return true;
    const json::value* value = at(event, field.event);
    return value != nullptr && equal(*asked, *value);
  });
}

bool asks(const TypeModel& type, const json::array& request, const json::value& event) {
  return std::ranges::any_of(request, [&](const json::value& subscription) {
    const json::object& members = subscription.as_object();
    const json::value* event_type = members.if_contains("event_type");
    if (event_type == nullptr) event_type = &members.at("eventType");
    if (event_type->as_string() != type.name) return false;
    for (const auto* name : {"constraints", "one_of", "oneOf"}) {
      const json::value* clauses = members.if_contains(name);
      if (clauses == nullptr) continue;
      return clauses->as_array().empty() ||
             std::ranges::any_of(clauses->as_array(), [&](const json::value& clause) {
               return holds(type, clause.as_object(), event);
             });
    }
    return true;
  });
}

}  // namespace model

/// Few of everything, so that much matches. Most of what is made here is text, so that it can be
/// what no well-meaning client sends.
class RandomTexts {
 public:
  explicit RandomTexts(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& texts) {
    return texts[below(N)];
  }

  std::string scalar() {
    return one_of(std::array{R"("x")", R"("\u0078")", R"("y")", "1", "1.0", R"("1")", "2.5", "true",
                             "false", "-3"});
  }
  /// What never matches, or always does.
  std::string other() {
    return one_of(std::array{"null", "null", "null", "null", "{}", R"(["x"])", "0e400"});
  }

  std::vector<TypeModel> types() {
    std::vector<TypeModel> types{{"a", {}}, {"order.\"changed\"", {}}, {"c", {}}};
    for (std::size_t i = 0; i < 2; ++i) {
      for (const auto* name : {"f", "g", "h/\"i", "own\\er"}) {
        if (one_in(3)) continue;
        FieldModel field{name, one_of(kEventPointers), {}, false};
        if (!one_in(3)) field.claim = one_of(kClaimPointers);
        field.is_enforced = field.claim && one_in(2);
        types[i].fields.push_back(field);
      }
      std::ranges::shuffle(types[i].fields, random_);
    }
    return types;
  }

  /// As the setting EXTRACTORS.
  std::string extractors(const std::vector<TypeModel>& types) {
    json::object all;
    for (const auto& type : types) {
      json::object fields;
      for (std::size_t i = 0; i < type.fields.size(); ++i) {
        const FieldModel& field = type.fields[i];
        json::object members{{"stable_field_index", 10 - i},
                             {"event", {{"json_pointer", field.event}}}};
        if (field.claim) members["jwt"] = {{"json_pointer", *field.claim}};
        if (field.is_enforced || (field.claim && one_in(3))) members["enforce"] = field.is_enforced;
        fields[field.name] = std::move(members);
      }
      all[type.name] = std::move(fields);
    }
    return json::serialize(all);
  }

  std::string claim() {
    if (one_in(6)) return other();
    if (!one_in(3)) return scalar();
    std::string list;
    for (std::size_t n = below(4); n > 0; --n)
      list += (list.empty() ? "" : ",") + (one_in(4) ? other() : scalar());
    return "[" + list + "]";
  }
  json::value claims() {
    std::string text = "{";
    for (const auto* name : {R"("s")", R"("a/b")", R"("n")"}) {
      if (!one_in(6)) text += std::string(name) + ":" + claim() + ",";
    }
    return json::parse(text + R"("deep":{"er":[)" + claim() + "," + claim() + "]}}");
  }
  json::array tokens() {
    json::array tokens;
    for (std::size_t n = below(4); n > 0; --n) tokens.push_back(claims());
    return tokens;
  }

  std::string clause(const TypeModel& type, bool with_unknown) {
    std::string text;
    const auto add = [&](const std::string& name) {
      text += (text.empty() ? "" : ",") + name + ":" + (one_in(4) ? other() : scalar());
    };
    for (const FieldModel& field : type.fields) {
      // Twice, once with an escape: the last one counts.
      for (std::size_t n = std::array{0U, 0U, 1U, 1U, 2U}[below(5)]; n > 0; --n)
        add(one_in(3) ? escaped(field.name) : json::serialize(json::string(field.name)));
    }
    if (with_unknown && one_in(2)) add(R"("F")");
    if (with_unknown && one_in(3)) add(R"("claims")");
    return "{" + text + "}";
  }
  std::string clauses(const TypeModel& type, bool with_unknown) {
    std::string list;
    for (std::size_t n = below(4); n > 0; --n)
      list += (list.empty() ? "" : ", ") + clause(type, with_unknown);
    return "[" + list + "]";
  }
  std::string request(const std::vector<TypeModel>& types, bool with_unknown) {
    std::string list;
    for (std::size_t n = below(4); n > 0; --n) {
      const TypeModel& type = types[below(types.size())];
      list += list.empty() ? "{" : ",\n{";
      for (const auto* name : {R"("oneOf")", R"("constraints")", R"("one_of")"}) {
        if (one_in(2)) list += std::string(name) + ":" + clauses(type, with_unknown) + ",";
      }
      list += one_in(2) ? R"("event_type":)" : R"("eventType":)";
      list += (one_in(4) ? escaped(type.name) : json::serialize(json::string(type.name))) + "}";
    }
    return "[" + list + "]";
  }
  /// Asks for everything there is.
  static std::string everything(const std::vector<TypeModel>& types) {
    json::array list;
    for (const auto& type : types) list.push_back({{"eventType", type.name}});
    return json::serialize(list);
  }

  std::string event(const std::vector<TypeModel>& types) {
    std::string text = R"({"specversion":"1.0","source":"/t","id":"1","type":)" +
                       json::serialize(json::string(types[below(types.size())].name));
    const auto value = [this] {
      return one_in(5) ? one_of(std::array{"null", "{}", "[1]"}) : scalar();
    };
    text += R"(,"ext":)" + value() + R"(,"data":{)";
    for (const auto* name : {R"("p")", R"("q")"}) {
      if (!one_in(6)) text += std::string(name) + ":" + value() + ",";
    }
    return text + R"("r":[)" + value() + "]}}";
  }

 private:
  static constexpr std::array kEventPointers{"/data/p", "/data/q", "/data/r/0", "/ext", "/data/no"};
  static constexpr std::array kClaimPointers{"/s", "/a~1b", "/n", "/deep/er/0", "/deep/er/1"};

  static std::string escaped(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string escaped = "\"";
    for (const char c : text) {
      escaped.append("\\u00").push_back(kHex[static_cast<unsigned char>(c) / 16]);
      escaped.push_back(kHex[static_cast<unsigned char>(c) % 16]);
    }
    return escaped + "\"";
  }

  std::mt19937 random_;
};

/// A gateway's settings, and what it makes of requests.
class Gateway {
 public:
  explicit Gateway(RandomTexts& random)
      : types(random.types()), extractors_(parse(random.extractors(types))) {}

  [[nodiscard]] const TypeModel& type_of(const json::value& event) const {
    return *std::ranges::find(types, std::string(event.at("type").as_string()), &TypeModel::name);
  }

  [[nodiscard]] auto parse_request(const std::string& request) const {
    return SubscriptionParser(limits, UnknownFields::kIgnore, extractors_).parse(request);
  }
  [[nodiscard]] auto permitted(SubscriptionList asked, const json::array& tokens) const {
    std::vector<const json::object*> claims;
    for (const auto& token : tokens) claims.push_back(&token.as_object());
    return ClaimRules(limits, extractors_).permitted(std::move(asked), claims);
  }

  /// Which of the events reach a client that has these subscriptions.
  [[nodiscard]] std::vector<bool> deliveries(const SubscriptionList& list,
                                             const std::vector<std::string>& events) const {
    TestSubscriber subscriber;
    Index index;
    for (const auto& subscription : list) index.add(subscriber, subscription);
    std::vector<bool> deliveries;
    for (const auto& event : events) {
      const auto decoded = cloudevents::decode_structured(event, extractors_);
      deliveries.push_back(match_one(index, *decoded).deliveries == 1);
    }
    index.remove(subscriber);
    return deliveries;
  }

  std::vector<TypeModel> types;
  SubscriptionLimits limits;

 private:
  static Extractors parse(const std::string& text) {
    std::vector<std::string> problems;
    auto extractors = Extractors::parse(text, 256, problems);
    EXPECT_TRUE(problems.empty()) << problems[0];
    return extractors;
  }

  Extractors extractors_;
};

std::string told(const SubscriptionList& list) {
  std::string json;
  for (const auto& subscription : list) json += (json.empty() ? "" : ",") + subscription.json;
  return "[" + json + "]";
}

bool same(const Subscription& a, const Subscription& b) {
  return a.event_type == b.event_type && a.json == b.json &&
         std::ranges::equal(a.clauses, b.clauses, {}, &Clause::fields, &Clause::fields);
}

class ClaimsProperty : public testing::TestWithParam<unsigned> {
 protected:
  static constexpr int kCases = 5'000;  // of each of twenty seeds
  static constexpr int kCasesPerGateway = 10;

  std::vector<std::string> events(const Gateway& gateway) {
    std::vector<std::string> events;
    for (int i = 0; i < 3; ++i) events.push_back(random_.event(gateway.types));
    return events;
  }

  RandomTexts random_{GetParam()};
};

/// What the client gets is what the rules say, and so is what it reads; nothing else.
void expect_as_the_rules_say(const Gateway& gateway, const std::string& request,
                             const json::array& tokens, const SubscriptionList& list,
                             const std::vector<std::string>& events) {
  const json::array asked = json::parse(request).as_array();
  const json::array read = json::parse(told(list)).as_array();
  const auto deliveries = gateway.deliveries(list, events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const json::value event = json::parse(events[i]);
    const TypeModel& type = gateway.type_of(event);
    const bool is_wanted = model::asks(type, asked, event) || model::infers(type, tokens, event);
    const bool is_due =
        is_wanted && (!model::is_enforced(type) || model::allows(type, tokens, event));
    ASSERT_EQ(deliveries[i], is_due) << events[i];
    ASSERT_EQ(model::asks(type, read, event), is_due) << events[i] << "\n" << told(list);
  }
}

TEST_P(ClaimsProperty, ClientsGetWhatTheRulesSay) {
  std::optional<Gateway> gateway;
  for (int i = 0; i < kCases; ++i) {
    if (i % kCasesPerGateway == 0) gateway.emplace(random_);
    const auto request = random_.request(gateway->types, true);
    const auto tokens = random_.tokens();
    SCOPED_TRACE(request + "\n" + json::serialize(tokens));
    const auto asked = gateway->parse_request(request);
    ASSERT_TRUE(asked.has_value()) << asked.error();
    const auto list = gateway->permitted(*asked, tokens);
    ASSERT_TRUE(list.has_value()) << list.error();
    ASSERT_NO_FATAL_FAILURE(
        expect_as_the_rules_say(*gateway, request, tokens, *list, events(*gateway)));

    // What the client reads and asks for again is what it has.
    const auto again = gateway->parse_request(told(*list));
    ASSERT_TRUE(again.has_value()) << again.error();
    ASSERT_TRUE(std::ranges::equal(*list, *again, same)) << told(*list);
    const auto twice = gateway->permitted(*again, tokens);
    ASSERT_TRUE(twice.has_value()) << twice.error();
    ASSERT_EQ(told(*twice), told(*list));
  }
}

TEST_P(ClaimsProperty, NoRequestWidens) {
  std::optional<Gateway> gateway;
  for (int i = 0; i < kCases; ++i) {
    if (i % kCasesPerGateway == 0) gateway.emplace(random_);
    const auto tokens = random_.tokens();
    const auto request = random_.request(gateway->types, true);
    const auto everything = RandomTexts::everything(gateway->types);
    SCOPED_TRACE(request + "\n" + json::serialize(tokens));
    const auto list = gateway->permitted(*gateway->parse_request(request), tokens);
    const auto most = gateway->permitted(*gateway->parse_request(everything), tokens);
    ASSERT_TRUE(list.has_value() && most.has_value());
    const auto sent = events(*gateway);
    const auto got = gateway->deliveries(*list, sent);
    const auto most_got = gateway->deliveries(*most, sent);
    for (std::size_t e = 0; e < sent.size(); ++e) {
      const json::value event = json::parse(sent[e]);
      const TypeModel& type = gateway->type_of(event);
      ASSERT_TRUE(most_got[e] || !got[e]) << sent[e];
      ASSERT_EQ(most_got[e], !model::is_enforced(type) || model::allows(type, tokens, event))
          << sent[e];
    }
  }
}

TEST_P(ClaimsProperty, LimitsHold) {
  std::optional<Gateway> gateway;
  int refused = 0;
  for (int i = 0; i < kCases / 10; ++i) {
    if (i % kCasesPerGateway == 0) gateway.emplace(random_);
    gateway->limits = {.subscriptions_max = 1 + random_.below(4),
                       .clauses_max = 1 + random_.below(6),
                       .field_sets_max = 1 + random_.below(3)};
    const auto asked = gateway->parse_request(random_.request(gateway->types, true));
    if (!asked) continue;
    const auto list = gateway->permitted(*asked, random_.tokens());
    if (!list) {
      ++refused;
      ASSERT_NE(list.error().find("_MAX)"), std::string::npos) << list.error();
      continue;
    }
    const auto again = gateway->parse_request(told(*list));
    ASSERT_TRUE(again.has_value()) << again.error();
    ASSERT_TRUE(std::ranges::equal(*list, *again, same)) << told(*list);
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClaimsProperty, testing::Range(1U, 21U));

}  // namespace
}  // namespace rig::subscriptions
