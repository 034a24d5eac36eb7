#include "logic/inbox.hpp"

#include <gtest/gtest.h>

namespace rig::nats {
namespace {

TEST(Inbox, AddressComesBack) {
  const Inbox inbox("abc");
  EXPECT_EQ(inbox.pattern(), "_INBOX.abc.>");
  const ReplyAddress address{.shard = 7, .call = 18'446'744'073'709'551'615U};
  EXPECT_EQ(inbox.subject_of(address), "_INBOX.abc.7.18446744073709551615");
  EXPECT_EQ(inbox.address_of(inbox.subject_of(address)), address);
}

TEST(Inbox, OtherSubjectsAreNobodys) {
  const Inbox inbox("abc");
  for (const char* subject :
       {"", "_INBOX.abc", "_INBOX.abc.", "_INBOX.abc.1", "_INBOX.abc.1.", "_INBOX.abc.1.2.3",
        "_INBOX.abc.65536.1", "_INBOX.abc.-1.1", "_INBOX.abc.1.x", "_INBOX.abd.1.1",
        "_INBOX.abc.1.18446744073709551616"}) {
    EXPECT_EQ(inbox.address_of(subject), std::nullopt) << subject;
  }
}

}  // namespace
}  // namespace rig::nats
