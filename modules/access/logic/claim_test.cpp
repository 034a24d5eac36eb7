#include "logic/claim.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace rig::access {
namespace {

const boost::json::object kClaims = boost::json::parse(R"({
  "jti": "s1", "sub": "", "n": 5, "yes": true, "no": false, "nothing": null,
  "a/b": {"~": ["x", {"y": "deep"}]},
  "scope": "read rig.admin write", "name": "joe admin", "roles": ["ops", "admin", 7]})")
                                        .as_object();

TEST(Claim, IsFoundByPointer) {
  EXPECT_EQ(*find_claim(kClaims, "/n"), 5);
  EXPECT_EQ(find_text_claim(kClaims, "/jti"), "s1");
  EXPECT_EQ(find_text_claim(kClaims, "/a~1b/~0/1/y"), "deep");
}

TEST(Claim, ThatIsAbsentOrNoTextIsNone) {
  for (const auto* pointer : {"/x", "/jti/x", "/a~1b/~0/9", "/a~1b/~0/-", "", "jti", "/~2"})
    EXPECT_EQ(find_claim(kClaims, pointer), nullptr) << pointer;
  for (const auto* pointer : {"/sub", "/n", "/nothing", "/a~1b"})
    EXPECT_EQ(find_text_claim(kClaims, pointer), std::nullopt) << pointer;
}

TEST(Claim, PointersAreChecked) {
  EXPECT_TRUE(is_claim_pointer("/a/b~0"));
  for (const auto* pointer : {"", "/", "jti", "/~", "/~2"})
    EXPECT_FALSE(is_claim_pointer(pointer)) << pointer;
}

bool is_held(std::string_view text) { return holds(*parse_required_claim(text), kClaims); }

TEST(RequiredClaim, IsAValueOneOfAListOrAWord) {
  for (const auto* text : {"/jti=s1", "/n=5", "/yes=true", "/roles=admin", "/roles=7",
                           "/scope=rig.admin", "/scope=read", "/a~1b/~0/0=x", "/n", "/yes"})
    EXPECT_TRUE(is_held(text)) << text;
  for (const auto* text :
       {"/jti=s", "/jti=S1", "/n=50", "/roles=ad", "/scope=rig", "/scope=admin", "/nothing",
        "/nothing=null", "/name=admin", "/no", "/x", "/x=1", "/a~1b=x"})
    EXPECT_FALSE(is_held(text)) << text;
}

TEST(RequiredClaim, OneOfSeveralValuesIsEnough) {
  EXPECT_TRUE(holds({"/roles", {"root", "admin"}, "roles"}, kClaims));
  EXPECT_TRUE(holds({"/scope", {"delete", "write"}, "scope"}, kClaims));
  EXPECT_FALSE(holds({"/roles", {"root", "user"}, "roles"}, kClaims));
}

TEST(RequiredClaim, TheFirstThatIsMissingIsNamed) {
  const RequiredClaims required{{"/jti", {"s1"}, "jti"}, {"/n", {"6"}, "n"}, {"/x", {}, "x"}};
  EXPECT_EQ(first_missing(required, kClaims), &required[1]);
  EXPECT_EQ(first_missing({{"/jti", {"s1"}, "jti"}}, kClaims), nullptr);
}

TEST(RequiredClaim, MustBeReadable) {
  for (const auto* text : {"", "=", "role=x", "/role=", "/=x"})
    EXPECT_FALSE(parse_required_claim(text)) << text;
}

}  // namespace
}  // namespace rig::access
