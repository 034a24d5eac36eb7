// Which events a subscription selects, and from when on it holds.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace testkit {
namespace {

constexpr auto kExtractors = R"({"t":{
  "v":    {"stable_field_index":0, "event":{"json_pointer":"/data/v"}},
  "name": {"stable_field_index":3, "event":{"json_pointer":"/data/deep~1er/na~0me"}},
  "id":   {"stable_field_index":1, "event":{"json_pointer":"/id"}}}})";

// What each row of the table says: does a clause {"v": value} select an event whose data is this?
struct Row {
  const char* name;
  std::string clauses;  ///< the value of oneOf
  std::string data;     ///< of the event; absent if empty
  bool matches;

  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class Matching : public ::testing::TestWithParam<Row> {};

TEST_P(Matching, FollowsTheTable) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  SseClient client(gateway.inbound(),
                   sse_request(R"([{"eventType":"t","oneOf":)" + GetParam().clauses +
                               R"(},{"eventType":"fence"}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("t", "1", GetParam().data);
  publisher.event("fence", "2");
  EXPECT_EQ(client.next_event().type, GetParam().matches ? "t" : "fence");
}

Row equal(const char* name, const std::string& clause_value, const std::string& event_value,
          bool matches) {
  return {name, R"([{"v":)" + clause_value + "}]", R"({"v":)" + event_value + "}", matches};
}

INSTANTIATE_TEST_SUITE_P(
    Values, Matching,
    ::testing::Values(
        equal("StringAndEqualString", R"("x")", R"("x")", true),
        equal("StringAndOtherString", R"("x")", R"("y")", false),
        equal("StringsAreComparedWithCase", R"("x")", R"("X")", false),
        equal("StringAndNumber", R"("30")", "30", false),
        equal("NumberAndString", "30", R"("30")", false),
        equal("IntegerAndFraction", "30", "30.0", true),
        equal("FractionAndInteger", "30.0", "30", true),
        equal("ExponentAndInteger", "3e1", "30", true), equal("NegativeZero", "0", "-0.0", true),
        equal("OtherNumbers", "30", "31", false),
        equal("NumberIsNotItsNeighbourBeyondFloatingPoint", "9007199254740993", "9007199254740992",
              false),
        equal("LargeUnsigned", "18446744073709551615", "18446744073709551615", true),
        equal("TrueAndTrue", "true", "true", true), equal("TrueAndFalse", "true", "false", false),
        equal("TrueAndItsName", "true", R"("true")", false),
        equal("TrueAndOne", "true", "1", false), equal("ObjectAndEqualObject", "{}", "{}", false),
        equal("ListAndEqualList", "[1]", "[1]", false), equal("ListAndItsItem", "[1]", "1", false),
        equal("NullAndValue", "null", "5", true), equal("NullAndNull", "null", "null", true),
        equal("StringAndNull", R"("x")", "null", false),
        equal("StringAndObject", R"("x")", R"({"x":1})", false),
        equal("StringAndListOfIt", R"("x")", R"(["x"])", false),
        equal("EscapesAreDecoded", R"("\u00fc")", R"("ü")", true),
        equal("EmptyStrings", R"("")", R"("")", true),
        equal("EmptyStringAndNull", R"("")", "null", false)),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Absence, Matching,
    ::testing::Values(Row{"StringAndAbsentField", R"([{"v":"x"}])", R"({"w":"x"})", false},
                      Row{"NullAndAbsentField", R"([{"v":null}])", R"({"w":"x"})", true},
                      Row{"NullAndAbsentData", R"([{"v":null}])", "", true},
                      Row{"StringAndAbsentData", R"([{"v":"x"}])", "", false},
                      Row{"KeyAbsent", R"([{}])", R"({"v":"x"})", true},
                      Row{"KeyAbsentAndDataAbsent", "[{}]", "", true},
                      Row{"StringAndDataThatIsNoObject", R"([{"v":"x"}])", R"("x")", false}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Clauses, Matching,
    ::testing::Values(Row{"NoClause", "[]", R"({"v":1})", true},
                      Row{"AnyOfTheClauses", R"([{"v":1},{"v":2}])", R"({"v":2})", true},
                      Row{"NoneOfTheClauses", R"([{"v":1},{"v":2}])", R"({"v":3})", false},
                      Row{"AllFieldsOfAClause", R"([{"v":1,"name":"n"}])",
                          R"({"v":1,"deep/er":{"na~me":"n"}})", true},
                      Row{"OneFieldOfAClauseDiffers", R"([{"v":1,"name":"n"}])",
                          R"({"v":1,"deep/er":{"na~me":"m"}})", false},
                      Row{"OneFieldOfAClauseIsMissing", R"([{"v":1,"name":"n"}])", R"({"v":1})",
                          false},
                      Row{"AttributesCanBeFields", R"([{"id":"1"}])", R"({"v":1})", true},
                      Row{"ClauseThatNeverMatchesBesideOneThatDoes", R"([{"v":{}},{"v":1}])",
                          R"({"v":1})", true}),
    [](const auto& info) { return info.param.name; });

TEST(Subscriptions, ExtractorsCanComeFromAFile) {
  TempFolder folder;
  Gateway gateway({{"EXTRACTORS", folder.write("extractors.json", kExtractors)}});
  SseClient client(gateway.inbound(), sse_request(R"([{"eventType":"t","oneOf":[{"v":1}]}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("t", "1", R"({"v":2})");
  publisher.event("t", "2", R"({"v":1})");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "2");
}

TEST(Subscriptions, FieldsOfBinaryEventsAreExtractedToo) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  SseClient client(gateway.inbound(), sse_request(R"([{"eventType":"t","oneOf":[{"v":1}]}])"));
  client.read_greeting();
  for (const auto* value : {"2", "1"}) {
    const HttpHeaders headers{{"content-type", "application/json"},
                              {"ce-specversion", "1.0"},
                              {"ce-type", "t"},
                              {"ce-source", "/x"},
                              {"ce-id", value}};
    const auto reply = fetch(gateway.api(), {.method = "POST",
                                             .target = "/v3/messages",
                                             .headers = headers,
                                             .body = R"({"v":)" + std::string(value) + "}"});
    ASSERT_EQ(reply.status, 202) << reply.body;
  }
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "1");
}

TEST(Subscriptions, EncodedDataHasNoFields) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  SseClient client(gateway.inbound(), sse_request(R"([{"eventType":"t","oneOf":[{"v":1}]}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.structured(
      R"({"specversion":"0.2","type":"t","source":"/x","id":"encoded","contenttype":"text/plain","data":{"v":1}})");
  publisher.structured(
      R"({"specversion":"0.2","type":"t","source":"/x","id":"inline","data":{"v":1}})");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "inline");
}

TEST(Subscriptions, EachClientGetsWhatItAskedFor) {
  Gateway gateway({{"EXTRACTORS", kExtractors}, {"RIG_SHARDS", "4"}});
  constexpr int kClients = 20;
  std::vector<SseClient> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back(gateway.inbound(),
                         sse_request(R"([{"eventType":"t","oneOf":[{"v":)" + std::to_string(i) +
                                     R"(}]},{"eventType":"fence"}])"));
    clients.back().read_greeting();
  }
  Publisher publisher(gateway.api());
  for (int i = 0; i < kClients; ++i)
    publisher.event("t", std::to_string(i), R"({"v":)" + std::to_string(i) + "}");
  publisher.event("fence", "end");
  for (int i = 0; i < kClients; ++i) {
    EXPECT_EQ(json_at(clients[static_cast<std::size_t>(i)].next_event().data, "/id"),
              std::to_string(i));
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].next_event().type, "fence");
  }
}

// observed.md D7: what was confirmed is in force everywhere. Each round is a type nobody knows yet
// and a producer on a connection of its own, which any shard may get.
TEST(Subscriptions, HoldOnEveryShardOnceTheyAreConfirmed) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  for (int round = 0; round < 150; ++round) {
    const auto type = "fresh." + std::to_string(round);
    SseClient client(gateway.inbound(), {type});
    Publisher(gateway.inbound(), "/_rig/v1/events").event(type, "1");
    ASSERT_EQ(client.next_event().type, type);
  }
}

TEST(Subscriptions, AHundredFreshTypesHoldTogether) {
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_REQUEST_TARGET_BYTES_MAX", "16KiB"}});
  for (int round = 0; round < 10; ++round) {
    std::vector<std::string> types;
    for (int i = 0; i < 100; ++i)
      types.push_back("fresh." + std::to_string(round) + "." + std::to_string(i));
    SseClient client(gateway.inbound(), sse_request(subscriptions_to(types)));
    client.read_greeting();
    for (const auto& type : {types.back(), types.front(), types[50]}) {
      Publisher(gateway.api()).event(type, "1");
      ASSERT_EQ(client.next_event().type, type);
    }
  }
}

TEST(Subscriptions, HoldWhileOthersComeAndGo) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  SseClient stays(gateway.inbound(), {"shared"});
  Publisher publisher(gateway.api());
  for (int round = 0; round < 50; ++round) {
    {
      SseClient comes_and_goes(gateway.inbound(), {"shared"});
    }
    publisher.event("shared", std::to_string(round));
  }
  for (int round = 0; round < 50; ++round)
    ASSERT_EQ(json_at(stays.next_event().data, "/id"), std::to_string(round));
}

TEST(Subscriptions, TheGaugeFollowsConnections) {
  Gateway gateway;
  const auto subscriptions = [&] { return gateway.metric("rig_subscriptions_total"); };
  EXPECT_EQ(subscriptions(), 0);
  {
    SseClient client(gateway.inbound(), {"a", "b"});
    SseClient other(gateway.inbound(), {"a"});
    EXPECT_TRUE(eventually([&] { return subscriptions() == 3; }));
  }
  EXPECT_TRUE(eventually([&] { return subscriptions() == 0; }));
}

}  // namespace
}  // namespace testkit
