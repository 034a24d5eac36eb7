#include "io/peer_service.hpp"

#include <rig/core/sharded.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// On real shards: services are of shard 0.

namespace rig::peers {
namespace {

using std::chrono::seconds;
using Answer = std::optional<std::string>;

class LoopCarrier final : public Carrier {
 public:
  Task<CallResult> call(NodeId node, std::string service, std::string request,
                        Deadline /*deadline*/) override {
    return echo(text_of(node) + " " + service + " " + request);
  }

  Task<std::vector<Calls::NodeAnswer>> call_all(std::string service, std::string request,
                                                Deadline /*deadline*/) override {
    std::vector<Calls::NodeAnswer> answers;
    answers.push_back({"other", CallResult(service + " " + request)});
    return all(std::move(answers));
  }

 private:
  static Task<std::vector<Calls::NodeAnswer>> all(std::vector<Calls::NodeAnswer> answers) {
    co_return answers;
  }
  static Task<CallResult> echo(std::string text) { co_return text; }
};

class PeerServiceTest : public testing::Test {
 public:
  ~PeerServiceTest() override {
    run(service_.withdraw("echo"));
    shards_.finish();
  }

 protected:
  PeerServiceTest() { shards_.start(); }

  template <class T>
  T run(Task<T> task, ShardId shard = 0) {
    return boost::asio::co_spawn(shards_.executor(shard), std::move(task), boost::asio::use_future)
        .get();
  }
  CallResult call(NodeId node, std::string request) {
    return run(service_.call(node, "echo", std::move(request), Deadline::after(seconds(1))), 1);
  }
  void serve(Calls::Handler handler) { run(serving(Ref(service_), std::move(handler))); }
  std::future<Answer> take(std::string request) {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    shards_.post(0, [this, promise, request = std::move(request)] {
      service_.take("echo", request,
                    [promise](Answer text) { promise->set_value(std::move(text)); });
    });
    return answer;
  }
  static Task<> serving(Ref<PeerService> service, Calls::Handler handler) {
    service->serve("echo", std::move(handler));
    co_return;
  }
  static Task<std::string> echo(std::string request) { co_return "echo of " + request; }
  static Task<std::string> wait_for_ever(std::string) {
    using Clock = std::chrono::steady_clock;
    boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor> timer(
        co_await boost::asio::this_coro::executor, Clock::time_point::max());
    co_await timer.async_wait(kUseTask);
    co_return "";
  }

  Shards shards_{2, 1'000};
  PeerService service_{shards_, PeersConfig{Secret("a secret of the cluster"), "node-1"}};
};

TEST_F(PeerServiceTest, ANodeThatIsAloneFindsNoOther) {
  EXPECT_NE(service_.id(), kNoNode);
  EXPECT_EQ(call(7, "x").error(), CallFailure::kNoSuchNode);
}

TEST_F(PeerServiceTest, CallsToAllGoByTheCarrierToo) {
  const auto call_all = [this] {
    return run(service_.call_all("echo", "x", Deadline::after(seconds(1))), 1);
  };
  EXPECT_TRUE(call_all().empty());
  LoopCarrier carrier;
  service_.connect(carrier);
  ASSERT_EQ(call_all().size(), 1U);
  EXPECT_EQ(*call_all()[0].result, "echo x");
}

TEST_F(PeerServiceTest, CallsGoByTheCarrier) {
  LoopCarrier carrier;
  service_.connect(carrier);
  EXPECT_EQ(*call(7, "x"), "0000000000000007 echo x");
  EXPECT_EQ(call(kNoNode, "x").error(), CallFailure::kNoSuchNode);
  EXPECT_EQ(call(7, std::string(kCallBytesMax + 1, 'x')).error(), CallFailure::kTooLarge);
}

TEST_F(PeerServiceTest, AServiceAnswersAsLongAsItIsOffered) {
  EXPECT_EQ(take("x").get(), std::nullopt);
  serve(&echo);
  EXPECT_EQ(take("x").get(), "echo of x");
  run(service_.withdraw("echo"));
  EXPECT_EQ(take("x").get(), std::nullopt);
}

TEST_F(PeerServiceTest, WhoWithdrawsWaitsForNobody) {
  serve(&wait_for_ever);
  auto answer = take("x");
  run(service_.withdraw("echo"));
  EXPECT_THROW((void)answer.get(), std::future_error) << "nothing is answered afterwards";
}

TEST_F(PeerServiceTest, SealsHoldOnlyWithTheSecret) {
  const auto sealed = service_.seal(Purpose::kConnection, "text");
  EXPECT_TRUE(service_.open(Purpose::kConnection, sealed).is_genuine);
  EXPECT_FALSE(service_.open(Purpose::kConnection, "text").is_genuine);
  const PeerService without(shards_, {});
  EXPECT_FALSE(without.has_secret());
  EXPECT_EQ(without.seal(Purpose::kConnection, "text"), "text");
  EXPECT_TRUE(without.open(Purpose::kConnection, "text").is_genuine);
}

}  // namespace
}  // namespace rig::peers
