#include "logic/request_event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

namespace rig::proxy {
namespace {

using testing::StartsWith;

const std::array kHeaders{Header{"accept", "*/*"}, Header{"host", "shop.example:4000"}};
const std::string kRig =
    R"("rig":{"correlation":"abc","remoteip":"10.0.0.9","scheme":"http","host":"shop.example",)"
    R"("port":4000,"method":"POST","path":"/cart","query":"a=1",)"
    R"("headers":[["accept","*/*"],["host","shop.example:4000"]]})";

RequestFacts facts() {
  return {.correlation = "abc",
          .remote_ip = "10.0.0.9",
          .scheme = "http",
          .host = "shop.example:4000",
          .method = "POST",
          .path = "/cart",
          .query = "a=1",
          .headers = kHeaders};
}

std::string text_of(std::string_view body, const RequestFacts& about = facts()) {
  const auto event = make_request_event(body, about);
  return event ? event->text : "refused: " + refusal_text(event.error(), Target::kKafka);
}

// proxy.md 5.1: everything else is published unchanged.
TEST(RequestEvent, KeepsTheClientsMembersAsTheyAreWritten) {
  EXPECT_EQ(
      text_of(R"({"specversion":"0.2", "n" : 1.50e3,"s":"\u00e4","data":{"rig":[1, 2]}})"),
      R"({"specversion":"0.2","n" : 1.50e3,"s":"\u00e4","data":{"rig":[1, 2]},)" + kRig + "}");
}

TEST(RequestEvent, HasTheGatewaysRigInsteadOfTheClients) {
  EXPECT_EQ(text_of(R"({"rig":{"correlation":"forged"},"specversion":null,"\u0072ig":1})"),
            R"({"specversion":null,)" + kRig + "}");
}

TEST(RequestEvent, HasTheTraceOfTheRequest) {
  auto about = facts();
  about.traceparent = "00-1-2-01";
  EXPECT_EQ(text_of(R"({"specversion":"1.0","traceparent":"old","tracestate":"old"})", about),
            R"({"specversion":"1.0",)" + kRig + R"(,"traceparent":"00-1-2-01"})");
  about.tracestate = "a=b";
  EXPECT_EQ(
      text_of(R"({"specversion":"1.0"})", about),
      R"({"specversion":"1.0",)" + kRig + R"(,"traceparent":"00-1-2-01","tracestate":"a=b"})");
  EXPECT_EQ(text_of(R"({"specversion":"1.0","traceparent":"own"})"),
            R"({"specversion":"1.0","traceparent":"own",)" + kRig + "}");
}

TEST(RequestEvent, SaysHowTheGatewayWasAddressed) {
  auto about = facts();
  const auto is_at = [&about](std::string_view host, std::string_view scheme,
                              const std::string& expected) {
    about.host = host;
    about.scheme = scheme;
    EXPECT_THAT(text_of(R"({"specversion":"1.0"})", about),
                testing::HasSubstr(R"("scheme":")" + std::string(scheme) + R"(","host":)" +
                                   expected + R"(,"method")"));
  };
  is_at("shop", "http", R"("shop","port":80)");
  is_at("shop", "https", R"("shop","port":443)");
  is_at("shop:8443", "https", R"("shop","port":8443)");
  is_at("[::1]", "http", R"("[::1]","port":80)");
  is_at("[::1]:4000", "http", R"("[::1]","port":4000)");
  is_at("", "http", R"("","port":80)");
  is_at("shop:99999", "http", R"("shop","port":80)");
}

TEST(RequestEvent, EscapesWhatClientsSend) {
  auto about = facts();
  about.query = "a=\"\\\xff";
  EXPECT_THAT(text_of(R"({"specversion":"1.0"})", about),
              testing::HasSubstr("\"query\":\"a=\\\"\\\\\xEF\xBF\xBD\""));
}

TEST(RequestEvent, TakesThePartitionKeyOfTheClient) {
  const auto key = [](const std::string& rig) {
    const auto event = make_request_event(R"({"specversion":"1.0","rig":)" + rig + "}", facts());
    EXPECT_TRUE(event) << rig;
    return event ? event->partition_key : std::nullopt;
  };
  EXPECT_EQ(key(R"({"target_partition":"a\u0062"})"), "ab");
  EXPECT_EQ(key(R"({"target_partition":1,"target_partition":"last"})"), "last");
  for (const auto* none : {"{}", "1", R"({"target_partition":""})", R"({"target_partition":null})"})
    EXPECT_EQ(key(none), std::nullopt) << none;
}

TEST(RequestEvent, RefusesAPartitionKeyThatIsNoText) {
  for (const auto* other : {"1", "true", "{}", "[\"a\"]"}) {
    EXPECT_THAT(
        text_of(R"({"specversion":"1.0","rig":{"target_partition":)" + std::string(other) + "}}"),
        StartsWith("refused: Bad request: rig.target_partition must be a string.\n"));
  }
}

// proxy.md 5.2: the first lines are the contract's.
TEST(RequestEvent, RefusesWhatIsNoEvent) {
  const auto refusal = [](std::string_view body, Target target) {
    const auto event = make_request_event(body, facts());
    EXPECT_FALSE(event) << body;
    return event ? std::string() : refusal_text(event.error(), target);
  };
  for (const auto* body : {"", "{", "a=b"}) {
    EXPECT_THAT(refusal(body, Target::kKafka),
                StartsWith("Bad request: expected a JSON encoded request body.\n\n# Usage\n\n"));
    EXPECT_EQ(refusal(body, Target::kKinesis), refusal(body, Target::kKafka));
    EXPECT_THAT(refusal(body, Target::kNats),
                StartsWith("Bad request: The body is not JSON encoded ("));
  }
  for (const auto* body : {"{}", "[]", "\"specversion\"", R"({"data":{"specversion":"1.0"}})"}) {
    EXPECT_THAT(refusal(body, Target::kKafka),
                StartsWith("Bad request: the body does not look like a CloudEvent.\n\n# Usage"));
    EXPECT_THAT(refusal(body, Target::kNats),
                StartsWith("Bad request: The body is a valid JSON object but does not look like a "
                           "CloudEvent.\n\n# Usage"));
  }
}

}  // namespace
}  // namespace rig::proxy
