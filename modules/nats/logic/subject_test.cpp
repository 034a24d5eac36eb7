#include "logic/subject.hpp"

#include <gtest/gtest.h>

namespace rig::nats {
namespace {

TEST(Subject, Plain) {
  for (const char* text : {"a", "a.b", "Rig.in-1_x", "a.b*", "\xC3\xA4"}) {
    EXPECT_TRUE(is_subject(text)) << text;
    EXPECT_TRUE(is_subject_pattern(text)) << text;
  }
}

TEST(Subject, WildcardsAreForThoseWhoListen) {
  for (const char* text : {"*", ">", "a.*", "*.b", "a.>", "a.*.>"}) {
    EXPECT_FALSE(is_subject(text)) << text;
    EXPECT_TRUE(is_subject_pattern(text)) << text;
  }
}

TEST(Subject, Malformed) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a b", "a\r\nPUB", "a\t", "\x7f", ">.a"}) {
    EXPECT_FALSE(is_subject(text)) << text;
    EXPECT_FALSE(is_subject_pattern(text)) << text;
  }
}

}  // namespace
}  // namespace rig::nats
