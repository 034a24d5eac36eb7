#include "logic/header_rules.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {
namespace {

using Kind = Framing::Kind;

Headers headers_of(std::initializer_list<Headers::Entry> entries) {
  Headers headers;
  for (const auto& [name, value] : entries) headers.add(name, value);
  return headers;
}

class UpstreamHead : public testing::Test {
 protected:
  UpstreamHead() {
    request_.method = "GET";
    request_.target = "/a?b";
    request_.host = "shop:8080";
    request_.headers = &headers_;
    request_.forwarding = &rules_;
    request_.client_ip = "192.0.2.1";
    request_.gateway_ip = "10.0.0.1";
    request_.scheme = "https";
    request_.client_host = "rig.example";
  }
  /// The lines behind the request line and the host, for clients' headers.
  std::string lines(std::initializer_list<Headers::Entry> entries) {
    headers_ = headers_of(entries);
    std::string out;
    write_upstream_head(out, request_);
    const std::string start = "GET /a?b HTTP/1.1\r\nhost: shop:8080\r\n";
    EXPECT_TRUE(out.starts_with(start)) << out;
    EXPECT_TRUE(out.ends_with("\r\n\r\n"));
    return out.substr(start.size(), out.size() - start.size() - 2);
  }

  Headers headers_;
  ForwardingRules rules_{ForwardingMode::kPass, ForwardingMode::kPass, ""};
  UpstreamRequest request_{};
};

TEST_F(UpstreamHead, HasHostAndForwardedOfTheGateway) {  // vector 4 of the contract
  rules_ = ForwardingRules();
  EXPECT_EQ(lines({{"forwarded", "x"}, {"host", "rig.local"}}),
            "forwarded: for=192.0.2.1;by=10.0.0.1\r\n");
}

TEST_F(UpstreamHead, KeepsOrderRepeatsAndSpelling) {  // P20 of the contract
  EXPECT_EQ(lines({{"X-B", "1"}, {"Cookie", "b=1"}, {"x-a", ""}, {"X-B", "2"}, {"Accept", "*/*"}}),
            "X-B: 1\r\nCookie: b=1\r\nx-a: \r\nX-B: 2\r\nAccept: */*\r\n");
}

TEST_F(UpstreamHead, LeavesOutWhatIsForOneConnection) {  // P15 of the contract
  EXPECT_EQ(lines({{"Connection", "close, X-Secret"},
                   {"connection", "x-other"},
                   {"Keep-Alive", "5"},
                   {"TE", "gzip"},
                   {"Trailer", "x"},
                   {"Transfer-Encoding", "chunked"},
                   {"Upgrade", "h2c"},
                   {"HTTP2-Settings", "x"},
                   {"Proxy-Authorization", "x"},
                   {"Proxy-Authenticate", "x"},
                   {"Proxy-Connection", "x"},
                   {"x-secret", "1"},
                   {"X-Other", "1"},
                   {"expect", "100-continue"},
                   {"authorization", "Bearer x"}}),
            "authorization: Bearer x\r\n");
}

TEST_F(UpstreamHead, ManyNamesInConnectionCostLittle) {
  std::string names;
  for (int i = 0; i < 5000; ++i) names += "x,";
  Headers headers = headers_of({{"connection", names}});
  for (int i = 0; i < 5000; ++i) headers.add("x", "1");
  headers.add("y", "1");
  request_.headers = &headers;
  std::string out;
  write_upstream_head(out, request_);
  EXPECT_EQ(out, "GET /a?b HTTP/1.1\r\nhost: shop:8080\r\ny: 1\r\n\r\n");
}

TEST_F(UpstreamHead, TrailersAreTheOnlyTransferCodingAskedFor) {
  EXPECT_EQ(lines({{"te", "gzip, Trailers"}}), "connection: te\r\nte: trailers\r\n");
}

// Many servers read `content_length` as what it looks like.
TEST_F(UpstreamHead, UnderscoresAreNoWayAround) {
  rules_.x_forwarded = ForwardingMode::kReplace;
  const auto sent = lines({{"content_length", "5"},
                           {"Transfer_Encoding", "chunked"},
                           {"keep_alive", "1"},
                           {"X_Forwarded_For", "192.0.2.66"},
                           {"x_other", "1"}});
  EXPECT_TRUE(sent.starts_with("x_other: 1\r\nx-forwarded-for: 192.0.2.1\r\n")) << sent;
  EXPECT_EQ(sent.find('_'), 1U) << sent;
  EXPECT_EQ(sent.find('_', 2), std::string::npos) << sent;
}

TEST_F(UpstreamHead, UpgradeIsNamedByConnection) {
  request_.upgrade = "websocket";
  EXPECT_EQ(
      lines({{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"sec-websocket-key", "x"}}),
      "sec-websocket-key: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n");
}

TEST_F(UpstreamHead, FramingIsTheGateways) {
  request_.framing = {Kind::kLength, 12};
  EXPECT_EQ(lines({{"content-length", "012"}}), "content-length: 12\r\n");
  request_.framing = {Kind::kChunked, 0};
  EXPECT_EQ(lines({{"transfer-encoding", "Chunked"}}), "transfer-encoding: chunked\r\n");
  request_.framing = {};
  EXPECT_EQ(lines({}), "");
  request_.has_length = true;
  EXPECT_EQ(lines({{"content-length", "0"}}), "content-length: 0\r\n");
}

TEST_F(UpstreamHead, ExpectationIsHandedOnIfWanted) {
  request_.expects_continue = true;
  EXPECT_EQ(lines({{"expect", "100-continue"}}), "expect: 100-continue\r\n");
}

TEST_F(UpstreamHead, ConnectionCannotTakeAwayWhatTheGatewayWrites) {
  rules_ = ForwardingRules();
  request_.framing = {Kind::kLength, 1};
  EXPECT_EQ(lines({{"connection", "host, content-length, forwarded"}}),
            "forwarded: for=192.0.2.1;by=10.0.0.1\r\ncontent-length: 1\r\n");
}

TEST_F(UpstreamHead, EditsRemoveSetAndAdd) {
  const std::vector<std::string> remove = {"X-Gone"};
  const std::vector<Header> set = {{"x-gateway", "rig"}};
  const std::vector<Header> add = {{"x-more", "2"}};
  request_.edits = {remove, set, add};
  EXPECT_EQ(
      lines({{"X-GATEWAY", "client"}, {"x-gone", "1"}, {"x-gateway", "client"}, {"X-More", "1"}}),
      "X-More: 1\r\nx-gateway: rig\r\nx-more: 2\r\n");
}

TEST_F(UpstreamHead, EditsCannotFrameTheMessage) {
  const std::vector<Header> edits = {{"Content-Length", "7"},
                                     {"transfer-encoding", "chunked"},
                                     {"connection", "close"},
                                     {"expect", "x"}};
  const std::vector<Header> add = {{"host", "second"}, {"Content-Length", "7"}};
  request_.edits = {{}, edits, add};
  request_.framing = {Kind::kLength, 3};
  EXPECT_EQ(lines({}), "content-length: 3\r\n");
}

TEST_F(UpstreamHead, ConfiguredHostWins) {  // P10 of the contract
  const std::vector<Header> set = {{"Host", "virtual.example"}};
  request_.edits.set = set;
  headers_ = headers_of({{"host", "rig.local"}});
  std::string out;
  write_upstream_head(out, request_);
  EXPECT_EQ(out, "GET /a?b HTTP/1.1\r\nHost: virtual.example\r\n\r\n");
}

TEST_F(UpstreamHead, ClaimsReplaceWhatAClientMadeUp) {
  const std::vector<ClaimHeader> claims = {
      {"x-user", "joe", true}, {"x-role", "", false}, {"x-bad", "a\r\nb: c", true}};
  request_.claims = claims;
  EXPECT_EQ(lines({{"X-User", "admin"}, {"x_user", "admin"}, {"X-Role", "root"}, {"x-bad", "1"}}),
            "x-user: joe\r\n");
}

TEST_F(UpstreamHead, ForwardedIsAppendedIfWanted) {  // P19 of the contract
  rules_.forwarded = ForwardingMode::kAppend;
  EXPECT_EQ(lines({{"Forwarded", "for=1.1.1.1"}, {"forwarded", "for=2.2.2.2"}}),
            "forwarded: for=1.1.1.1, for=2.2.2.2, for=192.0.2.1;by=10.0.0.1\r\n");
  EXPECT_EQ(lines({}), "forwarded: for=192.0.2.1;by=10.0.0.1\r\n");
}

TEST_F(UpstreamHead, Ipv6IsQuotedInForwarded) {
  rules_.forwarded = ForwardingMode::kReplace;
  request_.client_ip = "2001:db8::1";
  request_.gateway_ip = "::1";
  EXPECT_EQ(lines({}), "forwarded: for=\"[2001:db8::1]\";by=\"[::1]\"\r\n");
}

TEST_F(UpstreamHead, XForwardedIsPassedReplacedOrAppended) {
  const std::initializer_list<Headers::Entry> sent = {
      {"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-Proto", "http"}, {"X-Forwarded-Host", "a"}};
  EXPECT_EQ(lines(sent),
            "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n");
  rules_.x_forwarded = ForwardingMode::kReplace;
  EXPECT_EQ(lines(sent),
            "x-forwarded-for: 192.0.2.1\r\nx-forwarded-proto: https\r\nx-forwarded-host: "
            "rig.example\r\n");
  rules_.x_forwarded = ForwardingMode::kAppend;
  EXPECT_EQ(
      lines(sent),
      "x-forwarded-for: 1.1.1.1, 192.0.2.1\r\nx-forwarded-proto: http\r\nx-forwarded-host: a\r\n");
}

TEST_F(UpstreamHead, ViaNamesTheGatewayBehindTheOthers) {
  EXPECT_EQ(lines({{"via", "1.1 a"}}), "via: 1.1 a\r\n");
  rules_.via = "rig";
  EXPECT_EQ(lines({{"via", "1.1 a"}}), "via: 1.1 a, 1.1 rig\r\n");
  request_.version = 10;
  EXPECT_EQ(lines({}), "via: 1.0 rig\r\n");
}

TEST_F(UpstreamHead, TraceIsPassedOrReplaced) {
  EXPECT_EQ(lines({{"traceparent", "00-a"}, {"tracestate", "b"}}),
            "traceparent: 00-a\r\ntracestate: b\r\n");
  request_.traceparent = "00-c";
  EXPECT_EQ(lines({{"traceparent", "00-a"}, {"tracestate", "b"}}), "traceparent: 00-c\r\n");
  request_.tracestate = "d";
  EXPECT_EQ(lines({{"tracestate", "b"}}), "traceparent: 00-c\r\ntracestate: d\r\n");
}

class ClientHead : public testing::Test {
 protected:
  ClientHead() {
    response_.status = 200;
    response_.reason = "OK";
    response_.headers = &headers_;
  }
  std::string head(std::initializer_list<Headers::Entry> entries) {
    headers_ = headers_of(entries);
    std::string out;
    write_client_head(out, response_);
    return out;
  }

  Headers headers_;
  ClientResponse response_{};
};

TEST_F(ClientHead, KeepsOrderOfCookies) {  // P20 of the contract
  response_.framing = {Kind::kLength, 2};
  EXPECT_EQ(head({{"Set-Cookie", "b=1"}, {"Content-Length", "2"}, {"set-cookie", "a=2"}}),
            "HTTP/1.1 200 OK\r\nSet-Cookie: b=1\r\nset-cookie: a=2\r\ncontent-length: 2\r\n\r\n");
}

TEST_F(ClientHead, LeavesOutWhatIsForOneConnection) {
  response_.framing = {Kind::kChunked, 0};
  EXPECT_EQ(head({{"connection", "x-hop"},
                  {"x-hop", "1"},
                  {"transfer-encoding", "chunked"},
                  {"keep-alive", "timeout=5"},
                  {"proxy-authenticate", "x"},
                  {"trailer", "x"},
                  {"server", "s"}}),
            "HTTP/1.1 200 OK\r\nserver: s\r\ntransfer-encoding: chunked\r\n\r\n");
}

TEST_F(ClientHead, LengthOfABodyThatIsNotSentIsHandedOn) {  // vector 18 of the contract
  EXPECT_EQ(head({{"content-length", "10"}}), "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
  response_.status = 304;
  EXPECT_EQ(head({{"content-length", "10"}}), "HTTP/1.1 304 OK\r\ncontent-length: 10\r\n\r\n");
  response_.status = 204;
  EXPECT_EQ(head({{"content-length", "10"}}), "HTTP/1.1 204 OK\r\n\r\n");
}

TEST_F(ClientHead, EditsAndOwnHeadersReplaceTheUpstreams) {
  const std::vector<std::string> remove = {"server"};
  const std::vector<Header> set = {{"x-a", "2"}};
  const std::vector<Header> own = {{"access-control-allow-origin", "*"}};
  response_.edits = {remove, set, {}};
  response_.own = own;
  EXPECT_EQ(head({{"Server", "s"}, {"X-A", "1"}, {"Access-Control-Allow-Origin", "x"}}),
            "HTTP/1.1 200 OK\r\nx-a: 2\r\naccess-control-allow-origin: *\r\n\r\n");
}

TEST_F(ClientHead, DateAndViaAreFilledIn) {
  response_.date = "Thu, 01 Jan 1970 00:00:00 GMT";
  response_.via = "rig";
  EXPECT_EQ(
      head({{"Via", "1.1 a"}}),
      "HTTP/1.1 200 OK\r\nvia: 1.1 a, 1.1 rig\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n");
  response_.via = "";
  EXPECT_EQ(head({{"Date", "x"}}), "HTTP/1.1 200 OK\r\nDate: x\r\n\r\n");
}

TEST_F(ClientHead, SaysWhatBecomesOfTheConnection) {
  response_.is_old_client = true;
  EXPECT_EQ(head({}), "HTTP/1.1 200 OK\r\nconnection: keep-alive\r\n\r\n");
  response_.keep_alive = false;
  EXPECT_EQ(head({}), "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
  response_.upgrade = "websocket";
  EXPECT_EQ(head({}), "HTTP/1.1 200 OK\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
}

TEST(Trailers, DoNotGetInWhatIsAHeader) {
  std::string out;
  const std::vector<ClaimHeader> claims = {{"x-user", "joe", true}};
  const std::vector<Header> set = {{"x-gateway", "rig"}};
  const std::vector<std::string> remove = {"x-debug"};
  const auto sent = headers_of({{"x-sum", "1"},
                                {"Content-Length", "1"},
                                {"X_User", "admin"},
                                {"transfer_encoding", "chunked"},
                                {"host", "x"},
                                {"Cookie", "a=b"},
                                {"X-Gateway", "forged"},
                                {"X-Debug", "1"},
                                {"X-Forwarded-For", "192.0.2.1"},
                                {"Via", "1.1 x"},
                                {"traceparent", "x"},
                                {"grpc-status", "0"}});
  write_trailers(out, sent, {.edits = {.remove = remove, .set = set}, .claims = claims});
  EXPECT_EQ(out, "x-sum: 1\r\ngrpc-status: 0\r\n\r\n");
}

TEST(HostHeader, AlwaysHasThePort) {
  EXPECT_EQ(host_header("shop", 80), "shop:80");
  EXPECT_EQ(host_header("2001:db8::1", 8443), "[2001:db8::1]:8443");
}

TEST(RequestedUpgrade, NeedsBothHeaders) {
  EXPECT_EQ(requested_upgrade(
                headers_of({{"connection", "keep-alive, Upgrade"}, {"upgrade", "websocket"}})),
            "websocket");
  EXPECT_EQ(requested_upgrade(headers_of({{"upgrade", "websocket"}})), "");
  EXPECT_EQ(requested_upgrade(headers_of({{"connection", "upgrade"}})), "");
}

}  // namespace
}  // namespace rig::proxy
