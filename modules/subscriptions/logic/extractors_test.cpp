#include "logic/extractors.hpp"

#include "logic/index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::subscriptions {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kTypeBytesMax = 256;

struct Parsed {
  explicit Parsed(std::string_view json)
      : extractors(Extractors::parse(json, kTypeBytesMax, problems)) {}

  std::vector<std::string> problems;
  Extractors extractors;
};

std::vector<std::string> problems(std::string_view json) { return Parsed(json).problems; }

TEST(Extractors, ExampleOfTheContract) {
  const Parsed parsed(R"({"greeting": {
    "name": {"stable_field_index": 1, "event": {"json_pointer": "/data/name"},
             "jwt": {"json_pointer": "/username"}}}})");
  EXPECT_THAT(parsed.problems, IsEmpty());
  const TypeFields* fields = parsed.extractors.fields_of("greeting");
  ASSERT_NE(fields, nullptr);
  EXPECT_THAT(fields->names, ElementsAre("name"));
  EXPECT_THAT(fields->plan.fields[0].tokens, ElementsAre("data", "name"));
  EXPECT_THAT(fields->claims[0]->tokens, ElementsAre("username"));
  EXPECT_EQ(parsed.extractors.plan_for("greeting"), &fields->plan);
}

TEST(Extractors, FieldsAreInTheOrderOfTheirIndicesAndGapsAreAllowed) {
  const Parsed parsed(R"({"t": {
    "late": {"stable_field_index": 18446744073709551615, "event": {"json_pointer": "/l"}},
    "b": {"stable_field_index": 70, "event": {"json_pointer": "/data/b/0"}},
    "a": {"stable_field_index": 0, "event": {"json_pointer": "/data/x~1y~0z"}}}})");
  EXPECT_THAT(parsed.problems, IsEmpty());
  const TypeFields* fields = parsed.extractors.fields_of("t");
  ASSERT_NE(fields, nullptr);
  EXPECT_THAT(fields->names, ElementsAre("a", "b", "late"));
  EXPECT_THAT(fields->plan.fields[0].tokens, ElementsAre("data", "x/y~z"));
  EXPECT_THAT(fields->plan.fields[1].tokens, ElementsAre("data", "b", "0"));
  EXPECT_FALSE(fields->claims[0].has_value());
  EXPECT_EQ(fields->position("late"), 2U);
  EXPECT_EQ(fields->position("Late"), std::nullopt);
}

TEST(Extractors, TypeWithoutConfigurationHasNoPlan) {
  EXPECT_EQ(Extractors().plan_for("t"), nullptr);
  const Parsed parsed(R"({"t": {}, "u": {"f": {"stable_field_index": 0,
                                               "event": {"json_pointer": "/f"}}}})");
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_EQ(parsed.extractors.plan_for("t"), nullptr);
  EXPECT_EQ(parsed.extractors.plan_for("v"), nullptr);
  EXPECT_NE(parsed.extractors.plan_for("u"), nullptr);
}

// Quirk Q4: each of these makes the original run without any extractors.
TEST(Extractors, WhatIsNoObjectOfTypesIsAProblem) {
  EXPECT_THAT(problems("{"), ElementsAre("not JSON: unexpected end of input at position 1"));
  EXPECT_THAT(problems("[]"), ElementsAre("an object with event types is expected"));
  EXPECT_THAT(problems(R"({"t": 5})"),
              ElementsAre(R"(event type "t": an object with fields is expected)"));
}

TEST(Extractors, IndexIsRequired) {
  EXPECT_THAT(problems(R"({"t": {"a": {"event": {"json_pointer": "/a"}},
                                 "b": {"stable_field_index": null,
                                       "event": {"json_pointer": "/b"}}}})"),
              ElementsAre(R"(event type "t": stable_field_index is required, )"
                          R"(but missing for fields: ["a","b"])"));
}

TEST(Extractors, IndexIsNotNegative) {
  EXPECT_THAT(problems(R"({"t": {"a": {"stable_field_index": -1,
                                       "event": {"json_pointer": "/a"}}}})"),
              ElementsAre(R"(event type "t": Negative index - please use only non-negative )"
                          R"(values for stable_field_index: ["a"])"));
}

TEST(Extractors, IndexIsAnInteger) {
  for (const std::string index : {"1.5", "\"1\"", "true", "[]"}) {
    EXPECT_THAT(problems(R"({"t": {"a": {"stable_field_index": )" + index +
                         R"(, "event": {"json_pointer": "/a"}}}})"),
                ElementsAre(R"(event type "t": Invalid configuration for fields: ["a"]: )"
                            "stable_field_index is not an integer"));
  }
}

TEST(Extractors, IndexIsUniqueWithinItsType) {
  EXPECT_THAT(
      problems(R"({"t": {
                "a": {"stable_field_index": 3, "event": {"json_pointer": "/a"}},
                "b": {"stable_field_index": 1, "event": {"json_pointer": "/b"}},
                "c": {"stable_field_index": 3, "event": {"json_pointer": "/c"}}},
              "u": {"a": {"stable_field_index": 3, "event": {"json_pointer": "/a"}}}})"),
      ElementsAre(testing::AnyOf(R"(event type "t": Duplicate index - please use a different )"
                                 R"(stable_field_index value for each field: ["a","c"])",
                                 R"(event type "t": Duplicate index - please use a different )"
                                 R"(stable_field_index value for each field: ["c","a"])")));
}

// Quirk Q2: pointers that the original lets through stop the type when an event comes.
TEST(Extractors, EventPointerIsChecked) {
  const auto with_event = [](const std::string& event) {
    return problems(R"({"t": {"a": {"stable_field_index": 0)" + event + "}}}");
  };
  const std::string prefix = R"(event type "t": Invalid configuration for fields: ["a"]: )";
  EXPECT_THAT(with_event(""), ElementsAre(prefix + "event.json_pointer is required"));
  for (const std::string event : {"null", "{}", "5", R"({"json_pointer": 5})"}) {
    EXPECT_THAT(with_event(R"(, "event": )" + event),
                ElementsAre(prefix + "event.json_pointer is required and a string"));
  }
  for (const std::string pointer : {"", "data/a", "#/data/a"}) {
    EXPECT_THAT(with_event(R"(, "event": {"json_pointer": ")" + pointer + "\"}"),
                ElementsAre(prefix + "event.json_pointer does not start with '/'"));
  }
  EXPECT_THAT(with_event(R"(, "event": {"json_pointer": "/a~2"})"),
              ElementsAre(testing::StartsWith(prefix + "event.json_pointer ")));
}

TEST(Extractors, TokenPointerIsCheckedIfThereIsOne) {
  const auto with_jwt = [](const std::string& jwt) {
    return problems(R"({"t": {"a": {"stable_field_index": 0, "event": {"json_pointer": "/a"},
                                    "jwt": )" +
                    jwt + "}}}");
  };
  const std::string prefix = R"(event type "t": Invalid configuration for fields: ["a"]: )";
  EXPECT_THAT(with_jwt("null"), IsEmpty());
  EXPECT_THAT(with_jwt("{}"), ElementsAre(prefix + "jwt.json_pointer is required and a string"));
  EXPECT_THAT(with_jwt(R"({"json_pointer": "sub"})"),
              ElementsAre(prefix + "jwt.json_pointer does not start with '/'"));
}

TEST(Extractors, FieldsOfATypeCanBeEnforced) {
  const Parsed parsed(R"({
    "b": {"z": {"stable_field_index": 9, "event": {"json_pointer": "/z"},
                "jwt": {"json_pointer": "/z"}, "enforce": true},
          "y": {"stable_field_index": 5, "event": {"json_pointer": "/y"},
                "jwt": {"json_pointer": "/y"}, "enforce": false},
          "x": {"stable_field_index": 1, "event": {"json_pointer": "/x"},
                "jwt": {"json_pointer": "/x"}, "enforce": true},
          "w": {"stable_field_index": 0, "event": {"json_pointer": "/w"}}},
    "a": {"f": {"stable_field_index": 0, "event": {"json_pointer": "/f"},
                "jwt": {"json_pointer": "/f"}}},
    "c": {"f": {"stable_field_index": 0, "event": {"json_pointer": "/f"}, "jwt": null}}})");
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(parsed.extractors.fields_of("b")->enforced, ElementsAre(1, 3));
  EXPECT_THAT(parsed.extractors.fields_of("a")->enforced, IsEmpty());
  EXPECT_THAT(parsed.extractors.types_with_claims(), ElementsAre("a", "b"));
}

// Security that is off though it was meant to be on is found before the first client comes.
TEST(Extractors, EnforceIsABooleanBesideATokenPointer) {
  const auto with = [](const std::string& members) {
    return problems(R"({"t": {"a": {"stable_field_index": 0, "event": {"json_pointer": "/a"})" +
                    members + "}}}");
  };
  const std::string prefix = R"(event type "t": Invalid configuration for fields: ["a"]: )";
  const std::string jwt = R"(, "jwt": {"json_pointer": "/a"})";
  for (const std::string value : {"null", "1", "\"true\"", "{}", "[true]"}) {
    EXPECT_THAT(with(jwt + R"(, "enforce": )" + value),
                ElementsAre(prefix + "enforce is not a boolean"));
  }
  for (const std::string members : {"", R"(, "jwt": null)"}) {
    EXPECT_THAT(with(members + R"(, "enforce": true)"),
                ElementsAre(prefix + "enforce needs jwt.json_pointer"));
    EXPECT_THAT(with(members + R"(, "enforce": false)"),
                ElementsAre(prefix + "enforce needs jwt.json_pointer"));
  }
  EXPECT_THAT(with(R"(, "jwt": {"json_pointer": "/a", "enforce": true})"),
              ElementsAre(prefix + "enforce belongs beside jwt, not into it"));
  EXPECT_THAT(with(jwt + R"(, "Enforced": true)"),
              ElementsAre(prefix + R"("Enforced": is enforce meant?)"));
  EXPECT_THAT(with(jwt + R"(, "comment": "enforce")"), IsEmpty());
}

TEST(Extractors, FieldIsAnObjectWithAName) {
  EXPECT_THAT(problems(R"({"t": {"a": 5}})"),
              ElementsAre(R"(event type "t": Invalid configuration for fields: ["a"]: )"
                          "an object is expected"));
  EXPECT_THAT(problems(R"({"t": {"": {"stable_field_index": 0,
                                      "event": {"json_pointer": "/a"}}}})"),
              ElementsAre(R"(event type "t": Invalid configuration for fields: [""]: )"
                          "the name is empty"));
}

TEST(Extractors, TypeIsOneThatCanBePublished) {
  EXPECT_THAT(problems(R"({"": {}})"), ElementsAre(R"(event type "": the name is empty)"));
  EXPECT_THAT(problems(R"({"a\nb": {}})"),
              ElementsAre(R"(event type "a\nb": control characters are not allowed)"));
  EXPECT_THAT(problems("{\"" + std::string(kTypeBytesMax, 'x') + "\": {}}"), IsEmpty());
  EXPECT_THAT(problems("{\"" + std::string(kTypeBytesMax + 1, 'x') + "\": {}}"),
              ElementsAre(testing::EndsWith("longer than 256 bytes")));
}

TEST(Extractors, NumberOfFieldsIsBounded) {
  const auto with_fields = [](std::size_t count) {
    std::string json = R"({"t": {)";
    for (std::size_t i = 0; i < count; ++i) {
      json += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + R"(": {"stable_field_index": )" +
              std::to_string(i) + R"(, "event": {"json_pointer": "/f"}})";
    }
    return problems(json + "}}");
  };
  EXPECT_THAT(with_fields(Index::kFieldsMax), IsEmpty());
  EXPECT_THAT(with_fields(Index::kFieldsMax + 1),
              ElementsAre(R"(event type "t": 65 fields, but at most 64 are possible)"));
}

TEST(Extractors, AllProblemsAreReportedTogether) {
  EXPECT_THAT(problems(R"({"t": {"a": {}, "b": 5}, "u": 1})"), testing::SizeIs(4));
}

}  // namespace
}  // namespace rig::subscriptions
