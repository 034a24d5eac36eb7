#include "logic/header_transforms.hpp"

#include "logic/testing/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::json_of;

const std::vector<std::string> kClaims{"x-user"};

/// Of these transforms, of either way.
std::vector<std::string> faults_of(std::string_view transforms, Way way = Way::kRequest) {
  const std::string name =
      way == Way::kRequest ? "transform_request_headers" : "transform_response_headers";
  DefinitionErrors errors;
  check_header_transforms(json_of("{\"" + name + "\":" + std::string(transforms) + "}").as_object(),
                          way, kClaims, FaultList(errors, "api"));
  std::vector<std::string> lines;
  for (const auto& error : errors) lines.push_back(error.field + " " + error.reason);
  return lines;
}

TEST(HeaderTransforms, ThatAreGoodHaveNoFaults) {
  const auto* all = R"({"add_headers":{"Host":"a","b":""},"append_headers":{"c":"1","d":["1","2"]},
                        "remove_headers":["e","F"]})";
  for (const auto way : {Way::kRequest, Way::kResponse}) {
    EXPECT_THAT(faults_of(all, way), IsEmpty());
    EXPECT_THAT(faults_of("{}", way), IsEmpty());
    EXPECT_THAT(faults_of("null", way), IsEmpty());
  }
}

TEST(HeaderTransforms, CannotTouchTheConnection) {
  for (const auto* name : {"Connection", "content-length", "Transfer-Encoding", "TE", "upgrade",
                           "keep-alive", "trailer", "expect", "Proxy-Authorization"}) {
    const std::string quoted = '"' + std::string(name) + '"';
    for (const auto way : {Way::kRequest, Way::kResponse}) {
      const auto reason = HasSubstr(quoted + ", which is of the connection");
      EXPECT_THAT(faults_of("{\"add_headers\":{" + quoted + ":\"1\"}}", way), ElementsAre(reason));
      EXPECT_THAT(faults_of("{\"append_headers\":{" + quoted + ":\"1\"}}", way),
                  ElementsAre(reason));
      EXPECT_THAT(faults_of("{\"remove_headers\":[" + quoted + "]}", way), ElementsAre(reason));
    }
  }
}

TEST(HeaderTransforms, LeaveOneHostInARequest) {
  EXPECT_THAT(faults_of(R"({"append_headers":{"Host":"a"},"remove_headers":["host"]})"),
              ElementsAre(HasSubstr("of which there is one"), HasSubstr("which HTTP needs")));
  EXPECT_THAT(faults_of(R"({"remove_headers":["host"]})", Way::kResponse), IsEmpty());
}

TEST(HeaderTransforms, CannotTellAClaim) {
  EXPECT_THAT(faults_of(R"({"add_headers":{"X_User":"root"}})"),
              ElementsAre(HasSubstr("\"X_User\", which tells a claim")));
  EXPECT_THAT(faults_of(R"({"add_headers":{"x-user":"root"}})", Way::kResponse), IsEmpty());
}

TEST(HeaderTransforms, AreOfTheRightKinds) {
  EXPECT_THAT(faults_of("[]"), ElementsAre("transform_request_headers must be object"));
  EXPECT_THAT(faults_of(R"({"add_headers":[],"append_headers":1,"remove_headers":{}})"),
              ElementsAre("add_headers must be object", "append_headers must be object",
                          "remove_headers must be list"));
  EXPECT_THAT(faults_of(R"({"append_headers":{"a":[1],"b":["x\n"]},"remove_headers":[1,"a b"]})"),
              ElementsAre(HasSubstr("\"a\" is none"), HasSubstr("that of \"b\""),
                          HasSubstr("list of names"), HasSubstr("\"a b\" is none")));
  EXPECT_THAT(faults_of(R"({"remove_headers":["a","A"]})", Way::kResponse),
              ElementsAre("transform_response_headers.remove_headers must not have \"A\" twice, in "
                          "whatever case"));
}

TEST(HeaderTransforms, AreRead) {
  const auto version = json_of(R"({"transform_response_headers":{"add_headers":{"a":"1"},
      "append_headers":{"b":["2","3"],"c":"4"},"remove_headers":["d"]}})")
                           .as_object();
  const auto transforms = read_header_transforms(version, Way::kResponse);
  EXPECT_THAT(transforms.add, ElementsAre(Header{"a", "1"}));
  EXPECT_THAT(transforms.append, ElementsAre(Header{"b", "2"}, Header{"b", "3"}, Header{"c", "4"}));
  EXPECT_THAT(transforms.remove, ElementsAre("d"));
  EXPECT_TRUE(edits_of(read_header_transforms(version, Way::kRequest)).empty());
}

TEST(HeaderTransforms, ChangeAnAnswer) {
  transport::HttpResponse response;
  response.content_type = "text/plain";
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"Server", "s"}, {"x-a", "1"}, {"Set-Cookie", "a"}, {"X-A", "2"}})
    response.headers.add(name, value);
  const HeaderTransforms transforms{{"server"}, {{"x-a", "3"}}, {{"set-cookie", "b"}}};
  edit(response, edits_of(transforms));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < response.headers.size(); ++i)
    lines.push_back(std::string(response.headers[i].name) + ": " +
                    std::string(response.headers[i].value));
  EXPECT_THAT(lines, ElementsAre("Set-Cookie: a", "x-a: 3", "set-cookie: b"));
  EXPECT_EQ(response.content_type, "text/plain");
  edit(response, {.set = std::vector<Header>{{"content-type", "x/y"}}});
  EXPECT_EQ(response.content_type, "") << "or there would be two";
}

}  // namespace
}  // namespace rig::proxy
