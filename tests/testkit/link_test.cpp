#include "link.hpp"

#include "listener.hpp"
#include "raw_socket.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace testkit {
namespace {

using namespace std::chrono_literals;

/// Long enough to see that nothing comes, if it would come at once.
constexpr auto kMoment = 50ms;

bool hears_nothing(RawSocket& socket) {
  try {
    (void)socket.read_some(Deadline(kMoment));
    return false;
  } catch (const Failure&) {
    return true;
  }
}

class LinkTest : public ::testing::Test {
 protected:
  Listener listener_;
  Link link_{listener_.port()};
  RawSocket client_{link_.port()};
  RawSocket server_ = listener_.accept();
};

TEST_F(LinkTest, PassesBothWaysAndTellsTheEnd) {
  client_.send("hello");
  EXPECT_EQ(server_.read_exactly(5), "hello");
  server_.send("world");
  server_.close();
  EXPECT_EQ(client_.read_to_end(), "world");
  EXPECT_FALSE(client_.was_reset());
  client_.send("!");
  client_.close();
  EXPECT_TRUE(eventually([this] { return link_.connections() == 0; }));
}

TEST_F(LinkTest, WhatIsSentOverACutLinkComesWhenItHasHealed) {
  link_.cut();
  client_.send("hello");
  server_.send("world");
  EXPECT_TRUE(hears_nothing(server_));
  EXPECT_TRUE(hears_nothing(client_));
  link_.heal();
  EXPECT_EQ(server_.read_exactly(5), "hello");
  EXPECT_EQ(client_.read_exactly(5), "world");
}

TEST_F(LinkTest, OneWayCanBeCutAlone) {
  link_.cut(Link::Way::kToClient);
  client_.send("hello");
  EXPECT_EQ(server_.read_exactly(5), "hello");
  server_.send("world");
  EXPECT_TRUE(hears_nothing(client_));
  link_.heal();
  EXPECT_EQ(client_.read_exactly(5), "world");
}

TEST_F(LinkTest, RefusesAsIfNobodyWereThere) {
  link_.refuse();
  EXPECT_EQ(client_.read_to_end(), "");
  EXPECT_TRUE(client_.was_reset());
  RawSocket another(link_.port());
  EXPECT_EQ(another.read_to_end(), "");
  EXPECT_TRUE(another.was_reset());
  link_.heal();
  RawSocket later(link_.port());
  later.send("hello");
  EXPECT_EQ(listener_.accept().read_exactly(5), "hello");
}

TEST_F(LinkTest, ResetsWhatThereIsAndTakesNewConnections) {
  link_.reset();
  EXPECT_EQ(client_.read_to_end(), "");
  EXPECT_TRUE(client_.was_reset());
  RawSocket another(link_.port());
  another.send("hello");
  EXPECT_EQ(listener_.accept().read_exactly(5), "hello");
}

TEST_F(LinkTest, DelaysEitherWay) {
  link_.delay(100ms);
  const auto begin = std::chrono::steady_clock::now();
  client_.send("hello");
  EXPECT_EQ(server_.read_exactly(5), "hello");
  server_.send("world");
  EXPECT_EQ(client_.read_exactly(5), "world");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 200ms);
}

TEST(Link, WithoutAServerConnectionsAreReset) {
  Link link(quiet_port());
  RawSocket client(link.port());
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.was_reset());
}

}  // namespace
}  // namespace testkit
