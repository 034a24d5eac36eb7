// Trailers behind chunked bodies (RFC 9110, 6.5), both ways.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

using ::testing::EndsWith;
using ::testing::Not;

class ProxyTrailersTest : public ::testing::Test {
 protected:
  /// What comes behind the head of a chunked answer with these trailers, to a client that sends
  /// these header lines.
  std::string body_of_answer(const std::string& trailers, const std::string& lines) {
    RawSocket client(gateway_.inbound());
    client.send("GET /x HTTP/1.1\r\nhost: h\r\nconnection: close, te\r\n" + lines + "\r\n");
    auto backend = backend_.accept();
    request_ = read_request_head(backend);
    backend.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" +
                 trailers + "\r\n");
    EXPECT_EQ(read_reply_head(client).status, 200);
    return client.read_to_end();
  }

  Listener backend_;
  Gateway gateway_{proxying(
      api_definition("a", backend_.port(),
                     endpoint("get", "GET", "/.*") + "," + endpoint("post", "POST", "/.*")))};
  BackendRequest request_;
};

TEST_F(ProxyTrailersTest, OfAnAnswerGoToClientsThatTakeThem) {
  EXPECT_EQ(body_of_answer("x-sum: 1\r\nX-Sum: 2\r\n", "te: trailers\r\n"),
            "2\r\nok\r\n0\r\nx-sum: 1\r\nX-Sum: 2\r\n\r\n");
  EXPECT_EQ(request_.header("te"), "trailers");
}

TEST_F(ProxyTrailersTest, OfAnAnswerAreDroppedForOthers) {
  EXPECT_EQ(body_of_answer("x-sum: 1\r\n", ""), "2\r\nok\r\n0\r\n\r\n");
  EXPECT_FALSE(request_.header("te"));
  EXPECT_EQ(body_of_answer("x-sum: 1\r\n", "te: gzip\r\n"), "2\r\nok\r\n0\r\n\r\n");
}

TEST_F(ProxyTrailersTest, OfAnAnswerThatMustBeHeadersAreDropped) {
  EXPECT_EQ(body_of_answer("content-length: 7\r\ntransfer-encoding: chunked\r\nset-cookie: a=b\r\n"
                           "grpc-status: 0\r\n",
                           "te: trailers\r\n"),
            "2\r\nok\r\n0\r\ngrpc-status: 0\r\n\r\n");
}

TEST_F(ProxyTrailersTest, ThatAreTooManyCutTheAnswer) {
  std::string trailers;
  for (int i = 0; i < 100; ++i) trailers += "x: y\r\n";
  EXPECT_THAT(body_of_answer(trailers, "te: trailers\r\n"), Not(EndsWith("0\r\n\r\n")));
}

TEST_F(ProxyTrailersTest, OfARequestGoToTheBackendButThoseThatMustBeHeaders) {
  RawSocket client(gateway_.inbound());
  client.send(
      "POST /x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
      "x-sum: 1\r\nhost: evil\r\ncontent_length: 7\r\nx-forwarded-for: 192.0.2.1\r\n"
      "authorization: Bearer x\r\n\r\n");
  auto backend = backend_.accept();
  EXPECT_EQ(read_request_head(backend).method, "POST");
  EXPECT_EQ(backend.read_until("\r\n\r\n"), "2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n");
  backend.send(answer_bytes(200, "taken"));
  EXPECT_EQ(read_reply(client).body, "taken");
  // The connection goes on.
  client.send("POST /y HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(read_request(backend).target, "/y");
  backend.send(answer_bytes(200, "again"));
  EXPECT_EQ(read_reply(client).body, "again");
}

}  // namespace
}  // namespace testkit
