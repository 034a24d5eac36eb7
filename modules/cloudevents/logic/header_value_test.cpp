#include "logic/header_value.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace rig::cloudevents {
namespace {

TEST(HeaderValue, IsUnquotedAndPercentDecodedOnce) {
  for (const auto& [value, text] : std::initializer_list<std::pair<std::string, std::string>>{
           {"", ""},
           {"/cli", "/cli"},
           {"Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"},
           {"%22%25%41%6a%6A", "\"%Ajj"},
           {"%2541", "%41"},
           {"%C0%A0", "\xC0\xA0"},
           {"100%", "100%"},
           {"%4", "%4"},
           {"%zz%4g%g4", "%zz%4g%g4"},
           {"\"with blanks\"", "with blanks"},
           {R"("a \"b\" \\ c")", R"(a "b" \ c)"},
           {"\"%41\"", "A"},
           {"\"\"", ""},
           {"\"", "\""},
           {"\"open", "\"open"},
           {"\"open\\\"", "\"open\\\""},
           {"\"a\" b", "\"a\" b"},
           {"a \"b\"", "a \"b\""}}) {
    EXPECT_EQ(decode_header_value(value), text) << value;
  }
}

}  // namespace
}  // namespace rig::cloudevents
