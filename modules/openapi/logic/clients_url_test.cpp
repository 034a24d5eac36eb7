#include "logic/clients_url.hpp"

#include <gtest/gtest.h>

namespace rig::openapi {
namespace {

TEST(ClientsUrl, IsTheSameHostAtThePortOfClients) {
  EXPECT_EQ(clients_url("localhost:4010", 4000), "http://localhost:4000");
  EXPECT_EQ(clients_url("rig-0.example.com", 80), "http://rig-0.example.com:80");
  EXPECT_EQ(clients_url("10.0.0.1:4010", 4000), "http://10.0.0.1:4000");
  EXPECT_EQ(clients_url("[::1]:4010", 4000), "http://[::1]:4000");
}

// It goes into a header and into JSON.
TEST(ClientsUrl, DoesNotRepeatWhatIsNoHost) {
  for (const auto* host : {"", ":4010", "a b", "a;script-src *", "a\"b", "a/b", "user@a", "[", "[]",
                           "[::1", "[a/b]", "a_b", "\xc3\xbc"})
    EXPECT_EQ(clients_url(host, 4000), "http://localhost:4000") << host;
}

}  // namespace
}  // namespace rig::openapi
