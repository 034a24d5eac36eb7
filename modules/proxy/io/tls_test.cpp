#include "io/http_target.hpp"

#include "io/testing/target.hpp"

#include <rig/http_client/testing/certificates.hpp>
#include <rig/http_client/testing/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rig::proxy {
namespace {

using http_client::Authority;
using http_client::Peer;
using http_client::Server;
using testing::HasSubstr;
using Outcome = Forwarded::Outcome;

/// Answers every request with the name that the client asked for in the handshake.
void answer_server_name(Peer& peer) {
  while (!peer.read_request().empty()) {
    const auto name = peer.server_name();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" +
               name);
  }
}

class HttpTargetTls : public testing::Test {
 protected:
  std::string url(const Server& server, std::string_view host) {
    auto url = server.url(host);
    url.pop_back();
    return url;
  }
  Authority authority_;
};

TEST_F(HttpTargetTls, TrustedBackendIsAskedByNameAndConnectionIsKept) {
  const auto tls = authority_.server("DNS:localhost");
  const Server server(answer_server_name, tls.get());
  TestTarget target({}, authority_.file());
  for (int i = 0; i < 3; ++i) {
    const auto client = target.client(i == 1 ? "POST" : "GET");
    const auto result = target.send(*client, url(server, "localhost"));
    ASSERT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
    EXPECT_EQ(client->body, "localhost");
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(HttpTargetTls, TrustedBackendByAddress) {
  const auto tls = authority_.server("IP:127.0.0.1");
  const Server server(answer_server_name, tls.get());
  TestTarget target({}, authority_.file());
  const auto client = target.client();
  const auto result = target.send(*client, url(server, "127.0.0.1"));
  ASSERT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  EXPECT_EQ(client->body, "");  // RFC 6066 section 3: no address in it
}

TEST_F(HttpTargetTls, BackendThatIsNotTrustedIsNotTalkedTo) {
  const auto other_name = authority_.server("DNS:other.example");
  const auto expired = authority_.server("DNS:localhost", -60);
  for (SSL_CTX* tls : {other_name.get(), expired.get()}) {
    const Server server(answer_server_name, tls);
    TestTarget target({}, authority_.file());
    const auto client = target.client();
    const auto result = target.send(*client, url(server, "localhost"));
    EXPECT_EQ(result.outcome, Outcome::kUnreachable);
    EXPECT_TRUE(result.can_be_sent_again);
    EXPECT_THAT(result.reason, HasSubstr("TLS"));
  }
  const auto good = authority_.server("DNS:localhost");
  const Server server(answer_server_name, good.get());
  TestTarget target;  // knows no authority
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, url(server, "localhost")).outcome, Outcome::kUnreachable);
}

TEST_F(HttpTargetTls, SettingsOfTheServer) {
  const auto tls = authority_.server("DNS:localhost");
  const Server server(answer_server_name, tls.get());
  TestTarget target;
  for (const TlsSettings& settings :
       {TlsSettings{"", false, ""}, TlsSettings{authority_.file(), true, ""}}) {
    const auto client = target.client();
    auto request = TestTarget::request(url(server, "localhost"), *client);
    request.server.tls = settings;
    EXPECT_EQ(target.send(*client, std::move(request)).outcome, Outcome::kRelayed);
  }
  EXPECT_EQ(server.accepted(), 2U);  // they do not share connections
  const auto client = target.client();
  auto request = TestTarget::request(url(server, "localhost"), *client);
  request.server.tls.ca_file = "/nowhere";
  EXPECT_EQ(target.send(*client, std::move(request)).outcome, Outcome::kUnreachable);
}

TEST_F(HttpTargetTls, BackendWithoutTls) {
  const Server server([](Peer& peer) {
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_until_closed();
  });
  TestTarget target({}, authority_.file());
  const auto client = target.client();
  const auto result = target.send(*client, "https" + url(server, "localhost").substr(4));
  EXPECT_EQ(result.outcome, Outcome::kUnreachable);
}

TEST_F(HttpTargetTls, HandshakeTimesOut) {
  const Server server([](Peer& peer) { peer.wait_until_closed(); });
  HttpTargetConfig config;
  config.connect_timeout = std::chrono::milliseconds(300);
  TestTarget target(config, authority_.file());
  const auto client = target.client();
  const auto result = target.send(*client, "https" + url(server, "localhost").substr(4));
  EXPECT_EQ(result.outcome, Outcome::kUnreachable);
  EXPECT_THAT(result.reason, HasSubstr("in time"));
}

// Else whoever is between the two could shorten the answer.
TEST_F(HttpTargetTls, AnswerThatIsCutOffIsSeenAsSuch) {
  const auto tls = authority_.server("DNS:localhost");
  const Server server(
      [](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 200 OK\r\n\r\nhalf of it");  // closes without a close_notify
      },
      tls.get());
  TestTarget target({}, authority_.file());
  const auto client = target.client();
  EXPECT_EQ(target.send(*client, url(server, "localhost")).outcome, Outcome::kCut);
  EXPECT_TRUE(client->is_aborted);
}

TEST_F(HttpTargetTls, LargeAnswer) {
  constexpr std::size_t kBytes = std::size_t{8} << 20;
  const auto tls = authority_.server("DNS:localhost");
  const Server server(
      [](Peer& peer) {
        while (!peer.read_request().empty()) {
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
          peer.write(std::string(kBytes, 'x'));
        }
      },
      tls.get());
  TestTarget target({}, authority_.file());
  for (int i = 0; i < 2; ++i) {
    const auto client = target.client("PUT");
    client->pieces = {std::string(100'000, 'y'), std::string(100'000, 'y')};
    client->length = 200'000;
    const auto result = target.send(*client, url(server, "localhost"));
    EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
    EXPECT_EQ(client->body.size(), kBytes);
  }
  EXPECT_EQ(server.accepted(), 1U);
}

}  // namespace
}  // namespace rig::proxy
