// NATS by TLS, and the credentials that need more than a password.
#include "testkit/certificates.hpp"
#include "testkit/cluster.hpp"
#include "testkit/gateway.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A key of a user, made for this test.
constexpr const char* kNkey = "UBUQGYQFH7ZI5MRRGJ2DXWRYJYL2XI7RQWEURSGLD526OASUFDTSY6Z7";
constexpr const char* kSeed = "SUAO6FKFQ3625T4IH4EZDQHGWBXBMDF4FZLYUDWH2AZ6K5XRXCAXLVC7EA";

std::string tls(const TestAuthority::Files& files, const std::string& more = {}) {
  return "tls { cert_file: \"" + files.certificate + "\", key_file: \"" + files.key + "\"" + more +
         " }";
}

bool becomes_connected(const Gateway& gateway) {
  return eventually([&] { return gateway.metric("rig_nats_connected") == 2; });
}

bool says(Gateway& gateway, const std::string& text) {
  return eventually(
      [&] { return gateway.process().standard_output().find(text) != std::string::npos; });
}

TEST(NatsTls, TrustsAnAuthorityOfItsOwn) {
  TestAuthority authority;
  NatsServer server(tls(authority.issue("server", "DNS:localhost,IP:127.0.0.1")));
  Gateway by_address({{"NATS_SERVERS", "tls://" + server.address()},
                      {"NATS_TLS_CA_FILE", authority.certificate()}});
  Gateway by_name({{"NATS_SERVERS", "localhost:" + std::to_string(server.port())},
                   {"NATS_TLS", "true"},
                   {"NATS_TLS_CA_FILE", authority.certificate()}});
  EXPECT_TRUE(becomes_connected(by_address));
  EXPECT_TRUE(becomes_connected(by_name));
}

TEST(NatsTls, UnknownAuthorityIsRefused) {
  TestAuthority authority;
  NatsServer server(tls(authority.issue("server", "IP:127.0.0.1")));
  Gateway gateway({{"NATS_SERVERS", server.address()}});
  EXPECT_TRUE(says(gateway, "unable to get local issuer certificate"));
  EXPECT_EQ(gateway.metric("rig_nats_connected"), 0);
}

TEST(NatsTls, CertificateOfAnotherNameIsRefused) {
  TestAuthority authority;
  NatsServer server(tls(authority.issue("server", "DNS:other.example")));
  Gateway gateway({{"NATS_SERVERS", "localhost:" + std::to_string(server.port())},
                   {"NATS_TLS_CA_FILE", authority.certificate()}});
  EXPECT_TRUE(says(gateway, "hostname mismatch"));
  EXPECT_EQ(gateway.metric("rig_nats_connected"), 0);
}

TEST(NatsTls, ServerWithoutTlsIsRefused) {
  NatsServer server;
  Gateway gateway({{"NATS_SERVERS", "tls://" + server.address()}, {"NATS_TOKEN", "s3cr3t"}});
  EXPECT_TRUE(says(gateway, "NATS cannot be reached, it is tried again"));
  EXPECT_EQ(gateway.metric("rig_nats_connected"), 0);
}

TEST(NatsTls, ShowsACertificateOfItsOwn) {
  TestAuthority authority;
  NatsServer server(tls(authority.issue("server", "IP:127.0.0.1"),
                        ", ca_file: \"" + authority.certificate() + "\", verify: true"));
  const auto own = authority.issue("gateway", "DNS:gateway");
  Gateway gateway({{"NATS_SERVERS", server.address()},
                   {"NATS_TLS_CA_FILE", authority.certificate()},
                   {"NATS_TLS_CERT_FILE", own.certificate},
                   {"NATS_TLS_KEY_FILE", own.key}});
  EXPECT_TRUE(becomes_connected(gateway));
}

TEST(NatsTls, TheClusterHasSettingsOfItsOwn) {
  TestAuthority authority;
  TempFolder folder;
  NatsServer server(tls(authority.issue("server", "DNS:localhost,IP:127.0.0.1")) +
                    "\nauthorization { users: [ { nkey: " + kNkey + " } ] }");
  Gateway gateway({{"CLUSTER_URL", "tls://" + server.address()},
                   {"CLUSTER_SECRET", std::string(kClusterSecret)},
                   {"CLUSTER_TLS_CA_FILE", authority.certificate()},
                   {"CLUSTER_NKEY", kNkey},
                   {"CLUSTER_NKEY_SEED_FILE", folder.write("user.nk", kSeed)}});
  EXPECT_TRUE(eventually(
      [&] { return gateway.metric("rig_nats_connected", {{"purpose", "cluster"}}) == 1; }));
  EXPECT_THAT(gateway.process().standard_output(), Not(HasSubstr(kSeed)));
}

TEST(NatsTls, FileOfTheClusterThatIsNoCertificateIsNamed) {
  TempFolder folder;
  const auto file = folder.write("ca.pem", "no certificate");
  ChildProcess program({Gateway::program_path()},
                       default_settings({{"CLUSTER_URL", "127.0.0.1:1"},
                                         {"CLUSTER_SECRET", std::string(kClusterSecret)},
                                         {"CLUSTER_TLS_CA_FILE", file}}));
  EXPECT_EQ(program.wait_exit(), 1);
  EXPECT_THAT(program.standard_error(), HasSubstr("CLUSTER_TLS_CA_FILE cannot be used"));
}

TEST(NatsTls, FileThatIsNoCertificateStopsTheStart) {
  TempFolder folder;
  const auto file = folder.write("ca.pem", "no certificate");
  ChildProcess program({Gateway::program_path()}, default_settings({{"NATS_SERVERS", "127.0.0.1:1"},
                                                                    {"NATS_TLS_CA_FILE", file}}));
  EXPECT_EQ(program.wait_exit(), 1);
  EXPECT_THAT(program.standard_error(), HasSubstr("NATS_TLS_CA_FILE cannot be used"));
}

TEST(NatsNkey, SignsWithTheSeed) {
  TempFolder folder;
  NatsServer server("authorization { users: [ { nkey: " + std::string(kNkey) + " } ] }");
  Gateway gateway({{"NATS_SERVERS", server.address()},
                   {"NATS_NKEY", kNkey},
                   {"NATS_NKEY_SEED_FILE", folder.write("seed", kSeed)}});
  EXPECT_TRUE(becomes_connected(gateway));
  EXPECT_THAT(gateway.process().standard_output(), Not(HasSubstr(kSeed)));
}

}  // namespace
}  // namespace testkit
