// What the proxy says of requests: REQUEST_LOG before they are forwarded, the access log when they
// are over.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/temp_folder.hpp"
#include "testkit/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace testkit {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  auto lines = lines_of(text);
  std::erase_if(lines, [&](const auto& line) { return line.find(part) == std::string::npos; });
  return lines;
}

const std::string kEndpoints =
    endpoint("get", "GET", "/.*") + "," + endpoint("post", "POST", "/up");
const std::string kSecured =
    R"(,"auth_type":"jwt","auth":{"use_header":true,"header_name":"Authorization",)"
    R"("use_query":true,"query_name":"key"})";

class ProxyLogsTest : public ::testing::Test {
 protected:
  void start(Environment settings, const std::string& program = Gateway::program_path()) {
    settings["JWT_SECRET_KEY"] = std::string(kTokenSecret);
    const auto own = endpoint("own", "GET", "/own", R"(,"secured":true)");
    gateway_.emplace(
        proxying(api_definition("a", backend_.port(), own + "," + kEndpoints, kSecured), settings),
        program);
  }
  HttpReply ask(const HttpRequest& request) { return fetch(gateway_->inbound(), request); }
  /// What the gateway printed until its end.
  std::string output() {
    gateway_->stop();
    return gateway_->process().standard_output();
  }
  std::string backend_address() { return "http://127.0.0.1:" + std::to_string(backend_.port()); }

  Backend backend_{[](const BackendRequest& request) {
    return request.target == "/bad" ? std::string("garbage\r\n\r\n") : answer_bytes(200, "okay");
  }};
  std::optional<Gateway> gateway_;
};

class RequestLogTest : public ProxyLogsTest {};
class AccessLogTest : public ProxyLogsTest {
 protected:
  /// The entries, as JSON.
  std::vector<std::string> entries() { return lines_with(output(), "\"duration_ms\""); }
};

TEST_F(RequestLogTest, ConsoleHasALineForEachRequestThatIsLetIn) {
  start({{"REQUEST_LOG", "console"}});
  EXPECT_EQ(ask({.target = "/books/7?q=1"}).status, 200);
  EXPECT_EQ(ask({.target = "/own"}).status, 401);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/x"}).status, 405);
  EXPECT_EQ(ask({.method = "POST", .target = "/up", .body = "x"}).status, 200);
  EXPECT_THAT(lines_with(output(), "CALL: "), ElementsAre("CALL: [get] GET /.* => 127.0.0.1",
                                                          "CALL: [post] POST /up => 127.0.0.1"));
}

TEST_F(RequestLogTest, IsOffUnlessItIsAskedFor) {
  start({{"REQUEST_LOG", ""}});
  EXPECT_EQ(ask({.target = "/x"}).status, 200);
  EXPECT_THAT(lines_with(output(), "CALL: "), IsEmpty());
}

TEST_F(RequestLogTest, AModuleFromOutsideTakesTheRecords) {
  start({{"REQUEST_LOG", "console, kafka"}}, RIG_WITH_REQUEST_SINK);
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(ask({.target = "/books/7?q=1", .headers = {{"traceparent", trace}}}).status, 200);
  const auto text = output();
  EXPECT_THAT(lines_with(text, "CALL: "), SizeIs(1));
  const auto records = log_lines(text, "a record of a request");
  ASSERT_THAT(records, SizeIs(1));
  const auto event = json_at(records[0], "/metadata/event").value();
  EXPECT_EQ(json_at(event, "/type"), "com.rig.proxy.api.call");
  EXPECT_EQ(json_at(event, "/source"), "/rig");
  EXPECT_EQ(json_at(event, "/specversion"), "0.2");
  EXPECT_EQ(json_at(event, "/contenttype"), "application/json");
  EXPECT_EQ(json_at(event, "/traceparent"), trace);
  EXPECT_EQ(json_at(event, "/data"), json_at(records[0], "/metadata/data"));
  EXPECT_TRUE(same_json(json_at(event, "/data").value(), R"({"endpoint":)" +
                                                             endpoint("get", "GET", "/.*") +
                                                             R"(,"request_path":"/books/7",)"
                                                             R"("remote_ip":"127.0.0.1"})"));
}

TEST(RequestLogSetting, WordThatNobodyTakesStopsTheStart) {
  ChildProcess program({Gateway::program_path()},
                       default_settings({{"REQUEST_LOG", "console,kafka,x\"y"}}));
  EXPECT_EQ(program.wait_exit(), 1);
  const std::string rest = ", but this gateway can only log requests to: console\n";
  EXPECT_THAT(program.standard_error(), AllOf(HasSubstr("REQUEST_LOG names \"kafka\"" + rest),
                                              HasSubstr("REQUEST_LOG names \"x\\\"y\"" + rest)));
}

TEST_F(AccessLogTest, SaysWhatBecameOfARequest) {
  start({{"RIG_ACCESS_LOG", "json"}});
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(ask({.method = "POST",
                 .target = "/up?a=1",
                 .headers = {{"user-agent", "tester"},
                             {"referer", "http://page/x?secret"},
                             {"traceparent", trace}},
                 .body = "12345"})
                .status,
            200);
  const auto all = entries();
  ASSERT_THAT(all, SizeIs(1));
  const auto at = [&](const char* name) { return json_at(all[0], name); };
  EXPECT_EQ(at("/client"), "127.0.0.1");
  EXPECT_EQ(at("/method"), "POST");
  EXPECT_EQ(at("/path"), "/up?a=1");
  EXPECT_EQ(at("/status"), "200");
  EXPECT_EQ(at("/result"), "relayed");
  EXPECT_EQ(at("/bytes_up"), "5");
  EXPECT_EQ(at("/bytes_down"), "4");
  EXPECT_EQ(at("/api"), "a");
  EXPECT_EQ(at("/endpoint"), "post");
  EXPECT_EQ(at("/upstream"), backend_address());
  EXPECT_EQ(at("/trace_id"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(at("/user_agent"), "tester");
  EXPECT_EQ(at("/referer"), "http://page/x");
  EXPECT_LE(std::stod(at("/upstream_ms").value()), std::stod(at("/duration_ms").value()));
}

TEST_F(AccessLogTest, HasTheAnswersOfTheGatewayToo) {
  start({{"RIG_ACCESS_LOG", "json"}});
  EXPECT_EQ(ask({.target = "/own"}).status, 401);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/x"}).status, 405);
  EXPECT_EQ(ask({.target = "/../x"}).status, 400);
  EXPECT_EQ(ask({.target = "/bad"}).status, 502);
  const auto all = entries();
  ASSERT_THAT(all, SizeIs(4));
  std::vector<std::string> said;
  for (const auto& one : all) {
    said.push_back(json_at(one, "/status").value() + " " + json_at(one, "/result").value() + " " +
                   json_at(one, "/endpoint").value_or("-"));
  }
  EXPECT_THAT(said, ElementsAre("401 answered own", "405 answered -", "400 answered -",
                                "502 answered get"));
  EXPECT_EQ(json_at(all[3], "/upstream"), backend_address());
}

TEST_F(AccessLogTest, TokensInTheQueryAreLeftOut) {
  start({{"RIG_ACCESS_LOG", "json"}});
  const auto token = session_token("s");
  EXPECT_EQ(ask({.target = "/own?key=" + token + "&page=2"}).status, 200);
  EXPECT_EQ(ask({.target = "/own?k%65y=bad-token&page=2"}).status, 401);
  EXPECT_EQ(ask({.target = "/open?jwt=" + token}).status, 200);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/own?key=" + token}).status, 405);
  const auto all = entries();
  std::vector<std::string> paths;
  for (const auto& one : all) paths.push_back(json_at(one, "/path").value());
  EXPECT_THAT(paths, UnorderedElementsAre("/own?page=2", "/own?page=2", "/open", "/own"));
  expect_no_token_in_log(gateway_->process());
}

TEST_F(AccessLogTest, NothingThatAClientSendsForgesALine) {
  start({{"RIG_ACCESS_LOG", "combined"}});
  RawSocket client(gateway_->inbound());
  client.send(
      "GET /x HTTP/1.1\r\nhost: h\r\nuser-agent: a\" 200 1 \"-\" \"b\\\xff\x80\r\n"
      "referer: c\"\td\r\n\r\n");
  EXPECT_EQ(read_reply(client).status, 200);
  const auto all = lines_with(output(), "GET /x");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0],
              AllOf(HasSubstr("127.0.0.1 - - ["), HasSubstr(R"(] "GET /x HTTP/1.1" 200 4 "c\"\td" )"
                                                            R"("a\" 200 1 \"-\" \"b\\\xff\x80")")));
}

TEST_F(AccessLogTest, GoesToAFileThatIsAppendedTo) {
  const TempFolder folder;
  const auto file = folder.path() / "access.log";
  for (int i = 1; i <= 2; ++i) {
    start({{"RIG_ACCESS_LOG", "combined"}, {"RIG_ACCESS_LOG_FILE", file.string()}});
    EXPECT_EQ(ask({.target = "/x"}).status, 200);
    EXPECT_THAT(output(), Not(HasSubstr("GET /x")));
    EXPECT_THAT(lines_with(read_file(file), "\"GET /x HTTP/1.1\" 200 4"), SizeIs(i));
    gateway_.reset();
  }
}

TEST_F(AccessLogTest, SampleLeavesOutAllButFailures) {
  start({{"RIG_ACCESS_LOG", "json"}, {"RIG_ACCESS_LOG_SAMPLE", "0"}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask({.target = "/x"}).status, 200);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/x"}).status, 405);
  EXPECT_EQ(ask({.target = "/bad"}).status, 502);
  const auto all = entries();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(json_at(all[0], "/status"), "502");
}

TEST_F(AccessLogTest, ClientThatLeavesIsLogged) {
  Listener slow;
  gateway_.emplace(
      proxying(api_definition("a", slow.port(), kEndpoints),
               {{"RIG_ACCESS_LOG", "json"}, {"JWT_SECRET_KEY", std::string(kTokenSecret)}}));
  {
    RawSocket client(gateway_->inbound());
    client.send("GET /slow HTTP/1.1\r\nhost: h\r\n\r\n");
    auto asked = slow.accept();
    (void)read_request(asked);
    client.close();
    EXPECT_EQ(asked.read_to_end(), "");  // its request is given up
  }
  const auto all = entries();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(json_at(all[0], "/status"), "499");
  EXPECT_EQ(json_at(all[0], "/result"), "client_left");
}

TEST(AccessLogSetting, MustBeRight) {
  const auto start_with = [](const Environment& settings) {
    ChildProcess program({Gateway::program_path()}, default_settings(settings));
    EXPECT_EQ(program.wait_exit(), 1);
    return program.standard_output() + program.standard_error();
  };
  EXPECT_THAT(start_with({{"RIG_ACCESS_LOG", "apache"}, {"RIG_ACCESS_LOG_SAMPLE", "1.5"}}),
              AllOf(HasSubstr("RIG_ACCESS_LOG is \"apache\""),
                    HasSubstr("RIG_ACCESS_LOG_SAMPLE must be a number from 0 to 1")));
  EXPECT_THAT(
      start_with({{"RIG_ACCESS_LOG", "json"}, {"RIG_ACCESS_LOG_FILE", "/no/such/folder/file"}}),
      HasSubstr("RIG_ACCESS_LOG_FILE cannot be opened: No such file or directory"));
}

}  // namespace
}  // namespace testkit
