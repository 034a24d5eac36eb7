#include <rig/answers/message.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace rig::answers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

boost::system::result<Message, BadStatus> read(std::initializer_list<MessageHeader> headers,
                                               std::string body = {}) {
  return read_message(std::vector(headers), std::move(body));
}

TEST(AnswerMessage, IsStatusHeadersAndTheBodyAsItIs) {
  const auto message = read({{"Rig-Correlation", "abc"},
                             {"rig-response-code", "+201"},
                             {"Content-Type", "text/x"},
                             {"X-Mine", "1"},
                             {"set-cookie", "a=b"},
                             {"set-cookie", "c=d"},
                             {"host", "h"},
                             {"authorization", "Bearer x"}},
                            "[1, 1e3]");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->correlation, "abc");
  EXPECT_TRUE(message->has_status);
  EXPECT_EQ(message->answer.status, 201);
  EXPECT_EQ(message->answer.body, "[1, 1e3]");
  EXPECT_THAT(message->answer.headers,
              ElementsAre(Pair("content-type", "text/x"), Pair("x-mine", "1"),
                          Pair("set-cookie", "a=b"), Pair("set-cookie", "c=d")));
}

TEST(AnswerMessage, SaysWhatIsMissing) {
  const auto message = read({});
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->correlation);
  EXPECT_FALSE(message->has_status);
  EXPECT_EQ(message->answer.status, 200);
}

// Quirk P9.
TEST(AnswerMessage, HasAFinalStatus) {
  for (const auto* code : {"199", "600", "-5", "99999", "99999999999"})
    EXPECT_EQ(read({{"rig-response-code", code}}).error(), BadStatus::kOutOfRange) << code;
  for (const auto* code : {"", "abc201", "201 ", "2e2", "+"})
    EXPECT_EQ(read({{"rig-response-code", code}}).error(), BadStatus::kNoNumber) << code;
}

// Whoever writes to the broker must not be able to write an answer's head.
TEST(AnswerMessage, LeavesOutWhatIsNoHeader) {
  const auto message = read({{"x-a", "1\r\nset-cookie: forged"},
                             {"x-b: c\r\nset-cookie", "forged"},
                             {"x-c", std::string_view("\0", 1)},
                             {"location", "/\x7f"}});
  ASSERT_TRUE(message);
  EXPECT_THAT(message->answer.headers, IsEmpty());
}

TEST(AnswerMessage, HasOneContentType) {
  const auto message = read({{"content-type", "text/a"}, {"Content-Type", "text/b"}});
  ASSERT_TRUE(message);
  EXPECT_THAT(message->answer.headers, ElementsAre(Pair("content-type", "text/a")));
}

}  // namespace
}  // namespace rig::answers
