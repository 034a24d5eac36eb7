#include "logic/base64.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace rig::cloudevents {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  for (const auto& [bytes, text] :
       std::initializer_list<std::pair<std::string, std::string>>{{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {"\xFB\xFF\xBF", "+/+/"}}) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_TRUE(is_base64(text)) << text;
  }
}

TEST(Base64, RefusesOtherAlphabetsAndMissingPadding) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Z===", "====", "Zm9v\n", "Zm-_", "Zm=v", "Zm9 ", "=Zm9"}) {
    EXPECT_FALSE(is_base64(text)) << text;
  }
}

}  // namespace
}  // namespace rig::cloudevents
