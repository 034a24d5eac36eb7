#include "io/http_client_service.hpp"

#include "io/testing/client.hpp"

#include <rig/http_client/testing/certificates.hpp>
#include <rig/http_client/testing/server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include <optional>
#include <string>

namespace rig::http_client {
namespace {

using testing::HasSubstr;
using Reason = Failure::Reason;

/// Answers every request with the name that the client asked for in the handshake.
void answer_server_name(Peer& peer) {
  while (!peer.read_request().empty()) {
    const auto name = peer.server_name();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name.size()) + "\r\n\r\n" +
               name);
  }
}

class HttpClientTls : public testing::Test {
 protected:
  HttpClientTls() { config_.ca_file = authority_.file(); }

  /// Why a server with that certificate is not talked to.
  std::optional<Reason> refusal(SSL_CTX* tls, const HttpClientConfig& config) {
    const Server server(answer_server_name, tls);
    Client client(config);
    const auto result = client.get(server.url("localhost"));
    if (result) return std::nullopt;
    message_ = result.error().message;
    return result.error().reason;
  }

  Authority authority_;
  HttpClientConfig config_;
  std::string message_;
};

TEST_F(HttpClientTls, TrustedServerIsAskedByNameAndConnectionIsKept) {
  const auto tls = authority_.server("DNS:localhost");
  const Server server(answer_server_name, tls.get());
  Client client(config_);
  for (int i = 0; i < 3; ++i) {
    const auto result = client.get(server.url("localhost"));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->body, "localhost");
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(HttpClientTls, TrustedServerByAddress) {
  const auto tls = authority_.server("IP:127.0.0.1");
  const Server server(answer_server_name, tls.get());
  Client client(config_);
  const auto result = client.get(server.url());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->body, "");  // RFC 6066 section 3: no address in it
}

TEST_F(HttpClientTls, CertificateOfAnotherNameIsRefused) {
  EXPECT_EQ(refusal(authority_.server("DNS:other.example").get(), config_), Reason::kTls);
  EXPECT_EQ(refusal(authority_.server("IP:127.0.0.1").get(), config_), Reason::kTls);
}

TEST_F(HttpClientTls, UnknownAuthorityIsRefused) {
  EXPECT_EQ(refusal(authority_.server("DNS:localhost").get(), {}), Reason::kTls);
  const Authority other;
  EXPECT_EQ(refusal(other.server("DNS:localhost").get(), config_), Reason::kTls);
}

TEST_F(HttpClientTls, ExpiredCertificateIsRefused) {
  EXPECT_EQ(refusal(authority_.server("DNS:localhost", -60).get(), config_), Reason::kTls);
  EXPECT_THAT(message_, HasSubstr("expired"));
}

TEST_F(HttpClientTls, OldProtocolIsRefused) {
  const auto tls = authority_.server("DNS:localhost");
  SSL_CTX_set_security_level(tls.get(), 0);
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls.get(), TLS1_1_VERSION);
  EXPECT_EQ(refusal(tls.get(), config_), Reason::kTls);
}

TEST_F(HttpClientTls, ServerWithoutTlsIsRefused) {
  const Server server([](Peer& peer) {
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_until_closed();
  });
  Client client(config_);
  const auto result = client.get("https" + server.url().substr(4));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::kTls);
}

// Else whoever is between the two could shorten the answer.
TEST_F(HttpClientTls, AnswerThatIsCutOffIsNone) {
  const auto tls = authority_.server("DNS:localhost");
  const Server server(
      [](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 200 OK\r\n\r\nhalf of it");  // closes without a close_notify
      },
      tls.get());
  Client client(config_);
  EXPECT_TRUE(client.get(server.url("localhost")).has_error());
}

TEST_F(HttpClientTls, HandshakeTimesOut) {
  const Server server([](Peer& peer) { peer.wait_until_closed(); });
  Client client(config_);
  const Options soon{.timeout = std::chrono::milliseconds(300), .body_bytes_max = 100};
  const auto result = client.get("https" + server.url().substr(4), soon);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::kTimeout);
}

}  // namespace
}  // namespace rig::http_client
