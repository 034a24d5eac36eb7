#include "logic/answer_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace rig::api {
namespace {

using testing::ElementsAre;
using testing::Pair;

transport::HttpRequest request(std::initializer_list<std::pair<const char*, const char*>> headers,
                               std::string body = {}) {
  transport::HttpRequest made;
  made.method = "POST";
  for (const auto& [name, value] : headers) made.headers.add(name, value);
  made.body = std::move(body);
  return made;
}

TEST(AnswerRequest, IsStatusHeadersAndTheBodyAsItIs) {
  const auto parsed = parse_answer(request({{"Rig-Correlation", "abc"},
                                            {"rig-response-code", "+201"},
                                            {"Content-Type", "text/x"},
                                            {"X-Mine", "1"},
                                            {"set-cookie", "a=b"},
                                            {"set-cookie", "c=d"},
                                            {"host", "h"},
                                            {"user-agent", "u"},
                                            {"authorization", "Bearer x"}},
                                           "[1, 1e3]"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->correlation, "abc");
  EXPECT_EQ(parsed->answer.status, 201);
  EXPECT_EQ(parsed->answer.body, "[1, 1e3]");
  EXPECT_THAT(parsed->answer.headers,
              ElementsAre(Pair("content-type", "text/x"), Pair("x-mine", "1"),
                          Pair("set-cookie", "a=b"), Pair("set-cookie", "c=d")));
}

// Contract, proxy.md 5.5.
TEST(AnswerRequest, WithoutItsHeadersIsRefused) {
  EXPECT_EQ(parse_answer(request({})).error(), "Failed to parse request body: :error");
  EXPECT_EQ(parse_answer(request({{"rig-correlation", "a"}})).error(),
            "Failed to parse request body: :error");
  EXPECT_EQ(
      parse_answer(request({{"rig-correlation", "a"}, {"rig-response-code", "abc201"}})).error(),
      "Failed to parse request body: {:error, {:not_an_integer, \"abc201\"}}");
}

// Quirk P9.
TEST(AnswerRequest, OfACodeThatIsNoFinalStatusIsRefused) {
  for (const auto* code : {"99", "-5", "199", "600", "99999"})
    EXPECT_TRUE(
        parse_answer(request({{"rig-correlation", "a"}, {"rig-response-code", code}})).has_error())
        << code;
}

TEST(AnswerEvent, IsTheAnswer) {
  const std::string body = R"({"specversion":"0.2","type":"t","rig":{"correlation":"abc"}})";
  const auto parsed = parse_answer_event(request({}, body));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->correlation, "abc");
  EXPECT_EQ(parsed->answer.status, 200);
  EXPECT_EQ(parsed->answer.body, body);
}

TEST(AnswerEvent, ThatIsNoneIsRefused) {
  for (const auto* body : {"", "[]", "{", R"({"rig":{"correlation":"a"}})"})
    EXPECT_EQ(parse_answer_event(request({}, body)).error(),
              "Failed to parse request body: {:error, :not_a_cloud_event}");
  for (const auto* body : {R"({"specversion":"0.2"})", R"({"specversion":"0.2","rig":1})",
                           R"({"specversion":"0.2","rig":{"correlation":1}})"})
    EXPECT_EQ(parse_answer_event(request({}, body)).error(),
              "Failed to parse request body: :error");
}

}  // namespace
}  // namespace rig::api
