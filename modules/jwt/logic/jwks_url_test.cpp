#include "logic/jwks_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::jwt {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

TEST(JwksUrl, IsHttpsOrOfThisMachine) {
  for (const char* url :
       {"https://issuer.example/.well-known/jwks.json", "https://10.0.0.1:8443/jwks",
        "http://localhost:8080/jwks", "http://LOCALHOST/jwks", "http://127.0.0.1/jwks",
        "http://127.9.9.9:1/", "http://[::1]:8080/jwks"})
    EXPECT_EQ(fault_of_jwks_url(url), "") << url;
}

TEST(JwksUrl, HttpOfOthersIsRefused) {
  for (const char* url : {"http://issuer.example/jwks", "http://localhost.example/jwks",
                          "http://10.0.0.1/jwks", "http://0.0.0.0/jwks", "http://[::2]/"})
    EXPECT_THAT(fault_of_jwks_url(url), HasSubstr("only https")) << url;
}

TEST(JwksUrl, OthersAreNone) {
  for (const char* url : {"issuer.example/jwks", "/jwks", "jwks.json", "https://", "https:///jwks",
                          "ht tp://x/", "file:///etc/passwd", "http://127.0.0.1.example/jwks",
                          "https://127.0.0.1x", "ftp://issuer.example/jwks"})
    EXPECT_NE(fault_of_jwks_url(url), "") << url;
  EXPECT_THAT(fault_of_jwks_url("https://user:word@issuer.example/"), HasSubstr("password"));
}

TEST(JwksUrl, MaxAgeIsReadFromCacheControl) {
  EXPECT_EQ(max_age_of(""), std::nullopt);
  EXPECT_EQ(max_age_of("public"), std::nullopt);
  EXPECT_EQ(max_age_of("max-age=600"), seconds(600));
  EXPECT_EQ(max_age_of("public, Max-Age=15 , must-revalidate"), seconds(15));
  EXPECT_EQ(max_age_of("max-age=600, no-store"), seconds(0));
  EXPECT_EQ(max_age_of("NO-CACHE"), seconds(0));
  for (const char* bad : {"max-age", "max-age=", "max-age=x", "max-age=1x", "max-age=-1",
                          "max-age=99999999999", "s-maxage=5", "xmax-age=5", "\"max-age=5\""})
    EXPECT_EQ(max_age_of(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace rig::jwt
