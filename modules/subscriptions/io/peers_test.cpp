// What passes between the log of a node and the other nodes.
#include "io/testing/service_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::LogPlace;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t kLog = 7;
constexpr std::uint32_t kOther = 8;
constexpr std::uint32_t kStream = 9;

/// Other nodes that note everything, and know of one history.
class TestPeers final : public Peers {
 public:
  void want(const std::vector<std::string>& /*types*/, std::function<void()> noted) override {
    noted();
  }
  void drop(const std::vector<std::string>& /*types*/) override {}
  void forward(const cloudevents::EventRef& event) noexcept override {
    forwarded.push_back(event->id());
    places.push_back(event->origin());
  }
  void read_history(HistoryRequest request, std::function<void(HistoryRef)> done) override {
    requests.push_back(std::move(request));
    done(history);
  }

  std::vector<std::string> forwarded;
  std::vector<LogPlace> places;
  std::vector<HistoryRequest> requests;
  HistoryRef history;
};

class PeersTest : public OnlyShardTest {
 public:
  ~PeersTest() override {
    on_shard_0([this] {
      part_->remove(subscriber_);
      part_.reset();
    });
  }

 protected:
  PeersTest() {
    settings_.log_id = kLog;
    settings_.log_types_max = 10;
    settings_.log.restart_grace = {};
    settings_.peers = &peers_;
    on_shard_0([this] { make_part(); });
  }

  void publish(const std::string& type, const std::string& id) {
    on_shard_0([&] { (void)part_->publish(make_event(type, id)); });
    settle();
  }
  void take(const std::string& type, const std::string& id, LogPlace origin) {
    on_shard_0([&] {
      auto event = make_event(type, id);
      event->set_origin(origin);
      (void)part_->take(event);
    });
    settle();
  }
  void settle() {
    for (int round = 0; round < 4; ++round) on_shard_0([] {});
  }
  std::vector<std::string> received() {
    return on_shard_0([this] { return subscriber_.take(); });
  }

  TestPeers peers_;
};

TEST_F(PeersTest, WhatIsPublishedHereLeavesWithItsPlaceAlsoIfNobodyWantsIt) {
  publish("t", "1");
  publish("u", "2");
  EXPECT_THAT(peers_.forwarded, ElementsAre("1", "2"));
  EXPECT_THAT(peers_.places, ElementsAre(LogPlace{kLog, 1}, LogPlace{kLog, 2}));
}

TEST_F(PeersTest, WhatComesFromElsewhereIsDeliveredOnceAndLeavesForNobody) {
  on_shard_0([this] { part_->replace(subscriber_, {subscribe("t")}); });
  settle();
  take("t", "1", {kOther, 5});
  take("t", "1", {kOther, 5});
  take("t", "0", {kOther, 4});
  take("t", "2", {kOther, 6});
  take("t", "mine", {kLog, 1});
  EXPECT_THAT(received(), ElementsAre("1", "2"));
  EXPECT_THAT(peers_.forwarded, IsEmpty());
  const auto mark = on_shard_0([this] { return subscriber_.last->log_mark(); });
  EXPECT_EQ(mark.place, (LogPlace{kLog, 2}));
  EXPECT_THAT(*mark.elsewhere, ElementsAre(LogPlace{kOther, 6}));
}

TEST_F(PeersTest, ClientsAreToldWhatTheNodeHasMissed) {
  on_shard_0([this] { part_->replace(subscriber_, {subscribe("t"), subscribe("u")}); });
  settle();
  on_shard_0([this] { part_->missed(12); });
  settle();
  EXPECT_THAT(on_shard_0([this] { return subscriber_.gaps; }), ElementsAre("expired since 12"));
}

TEST_F(PeersTest, AClientOfAnotherNodeReadsTheHistoryAndThenTheLog) {
  auto history = std::make_shared<History>(LogPlace{kStream, 20});
  std::uint64_t sequence = 10;
  for (const auto& [id, origin] :
       {std::pair{"seen", LogPlace{kOther, 3}}, {"a", {kOther, 4}}, {"b", {kLog, 1}}}) {
    auto event = make_event("t", id);
    event->set_origin(origin);
    event->set_logged({{kStream, ++sequence}, 1, {}});
    history->add(event);
  }
  peers_.history = std::move(history);
  publish("t", "b");  // in the history too
  subscriber_.on_page = [this](bool is_last) {
    if (!is_last) part_->continue_replay(subscriber_);
  };
  on_shard_0([this] {
    part_->resume(subscriber_, {subscribe("t")}, Cursor{kOther, 3, 0, {{kStream, 10}}}.text());
  });
  // What is published before that is in a real history.
  while (on_shard_0([this] { return peers_.requests.empty(); })) {
  }
  publish("t", "c");
  take("t", "d", {kOther, 5});
  settle();
  EXPECT_THAT(received(), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(on_shard_0([this] { return subscriber_.gaps; }), IsEmpty());
  ASSERT_EQ(peers_.requests.size(), 1U);
  EXPECT_THAT(*peers_.requests[0].types, ElementsAre("t"));
}

TEST_F(PeersTest, AClientOfAnotherNodeIsToldIfThereIsNoHistory) {
  subscriber_.on_page = [this](bool is_last) {
    if (!is_last) part_->continue_replay(subscriber_);
  };
  on_shard_0([this] { part_->resume(subscriber_, {subscribe("t")}, Cursor{kOther, 3, 5}.text()); });
  while (on_shard_0([this] { return peers_.requests.empty(); })) {
  }
  publish("t", "1");
  EXPECT_THAT(on_shard_0([this] { return subscriber_.gaps; }), ElementsAre("restarted since 5"));
  EXPECT_THAT(received(), ElementsAre("1"));
}

}  // namespace
}  // namespace rig::subscriptions
