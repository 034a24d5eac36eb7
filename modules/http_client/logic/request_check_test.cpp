#include "logic/request_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rig::http_client {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string reason(std::string name, std::string value) {
  return reason_not_to_send({"GET", "http://a/", {{std::move(name), std::move(value)}}, {}});
}

TEST(RequestCheck, OrdinaryRequestsAreSent) {
  EXPECT_THAT(reason("authorization", "Bearer a.b.c"), IsEmpty());
  EXPECT_THAT(reason("x-empty", ""), IsEmpty());
  EXPECT_THAT(reason("x-tab", "a\tb"), IsEmpty());
  EXPECT_THAT(reason("x-utf8", "gr\xc3\xbc\xc3\x9f"), IsEmpty());
}

TEST(RequestCheck, NothingCanBeInjectedByAValue) {
  for (const std::string& value :
       {std::string("a\r\nb: c"), std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3),
        std::string("\x7f"), std::string("\x1b")}) {
    EXPECT_THAT(reason("x-some", value), HasSubstr("x-some has a control character"));
  }
}

TEST(RequestCheck, NothingCanBeInjectedByAName) {
  for (const std::string name : {"", "a b", "a:", "a\r\nb", "gr\xc3\xbc\xc3\x9f"})
    EXPECT_THAT(reason(name, "x"), Not(IsEmpty())) << name;
}

TEST(RequestCheck, FramingIsNotTheCallers) {
  for (const std::string name : {"Host", "content-length", "Transfer-Encoding", "Connection"})
    EXPECT_THAT(reason(name, "1"), HasSubstr("not the caller's")) << name;
}

TEST(RequestCheck, MethodIsAToken) {
  for (const std::string method : {"", "GET /", "G\r\n", "CONNECT"})
    EXPECT_THAT(reason_not_to_send({method, "http://a/", {}, {}}), Not(IsEmpty())) << method;
}

TEST(RequestCheck, ValuesAreNotInTheReason) {
  EXPECT_THAT(reason("authorization", "Bearer secret\n"), Not(HasSubstr("secret")));
  EXPECT_THAT(reason("x", std::string(100'000, 'x')), HasSubstr("too large"));
}

}  // namespace
}  // namespace rig::http_client
