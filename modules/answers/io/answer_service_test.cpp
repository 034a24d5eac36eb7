#include "io/answer_service.hpp"

#include <rig/metrics/test_registry.hpp>
#include <rig/peers/test_calls.hpp>
#include <rig/peers/test_identity.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

// On real shards: an answer comes in on any of them.

namespace rig::answers {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Outcome = Inbox::Outcome;

constexpr ShardId kClient = 0;  // the shard of the client that waits
constexpr ShardId kOther = 1;

class AnswerServiceTest : public testing::Test {
 public:
  ~AnswerServiceTest() override {
    run(service_.stop());
    shards_.finish();
  }

 protected:
  AnswerServiceTest() {
    shards_.start();
    run(service_.start());
  }

  template <class T>
  T run(Task<T> task, ShardId shard = kOther) {
    return start(std::move(task), shard).get();
  }
  template <class T>
  std::future<T> start(Task<T> task, ShardId shard) {
    return boost::asio::co_spawn(shards_.executor(shard), std::move(task), boost::asio::use_future);
  }

  static Task<std::unique_ptr<Ticket>> open(Ref<AnswerService> service) {
    co_return service->open();
  }
  static Task<std::string> without_ticket(Ref<AnswerService> service) {
    co_return service->without_ticket();
  }
  static Task<> close(std::unique_ptr<Ticket> ticket) {
    ticket.reset();
    co_return;
  }
  std::unique_ptr<Ticket> open() { return run(open(Ref(service_)), kClient); }
  Outcome deliver(const std::string& correlation, const std::string& body) {
    return run(service_.deliver(correlation, Answer{200, {}, body}));
  }
  double counted(const std::string& result) {
    return registry_.value("rig_proxy_answers_total,result=" + result);
  }

  metrics::TestRegistry registry_{2};
  Shards shards_{2, 1'000};
  peers::TestIdentity here_{7};
  peers::TestCalls calls_;
  AnswerService service_{shards_, here_, calls_, registry_};
};

TEST_F(AnswerServiceTest, AnswerFindsTheShardOfTheClientThatWaits) {
  auto ticket = open();
  auto waiting = start(ticket->wait(Deadline::after(hours(1))), kClient);
  EXPECT_EQ(deliver(ticket->correlation(), "first"), Outcome::kDelivered);
  const auto answer = waiting.get();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "first");
  EXPECT_EQ(counted("delivered"), 1);
  run(close(std::move(ticket)), kClient);
}

TEST_F(AnswerServiceTest, AnswerMayBeQuickerThanTheWait) {
  auto ticket = open();
  EXPECT_EQ(deliver(ticket->correlation(), "quick"), Outcome::kDelivered);
  const auto answer = run(ticket->wait(Deadline::after(hours(1))), kClient);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "quick");
  run(close(std::move(ticket)), kClient);
}

TEST_F(AnswerServiceTest, OnlyTheFirstAnswerCounts) {
  auto ticket = open();
  EXPECT_EQ(deliver(ticket->correlation(), "first"), Outcome::kDelivered);
  EXPECT_EQ(deliver(ticket->correlation(), "second"), Outcome::kNobody);
  EXPECT_EQ(run(ticket->wait(Deadline::after(hours(1))), kClient)->body, "first");
  EXPECT_EQ(deliver(ticket->correlation(), "third"), Outcome::kNobody);
  EXPECT_EQ(counted("nobody"), 2);
  run(close(std::move(ticket)), kClient);
}

TEST_F(AnswerServiceTest, NobodyWaitsBehindTheDeadlineOrWithoutATicket) {
  auto ticket = open();
  EXPECT_FALSE(run(ticket->wait(Deadline::after(milliseconds(1))), kClient));
  const auto correlation = ticket->correlation();
  run(close(std::move(ticket)), kClient);
  EXPECT_EQ(deliver(correlation, "late"), Outcome::kNobody);
  EXPECT_EQ(deliver(run(without_ticket(Ref(service_)), kClient), "forged"), Outcome::kNobody);
}

TEST_F(AnswerServiceTest, CorrelationOfAnotherNodeOrShardIsNobodys) {
  auto ticket = open();
  auto mine = *parse_sealed(ticket->correlation(), here_);
  auto other_node = mine;
  other_node.node ^= 1U;
  EXPECT_EQ(deliver(sealed_text(other_node, here_), "x"), Outcome::kNobody);
  auto no_shard = mine;
  no_shard.shard = 7;
  EXPECT_EQ(deliver(sealed_text(no_shard, here_), "x"), Outcome::kNobody);
  EXPECT_EQ(deliver("no correlation", "x"), Outcome::kInvalid);
  EXPECT_EQ(counted("invalid"), 1);
  run(close(std::move(ticket)), kClient);
}

TEST_F(AnswerServiceTest, AnswerForAClientOfAnotherNodeGoesThere) {
  const auto theirs = sealed_text(Correlation::make(8, 0), here_);
  std::string sent;
  calls_.other_node = [&](peers::NodeId node, std::string request) -> peers::CallResult {
    EXPECT_EQ(node, 8U);
    sent = std::move(request);
    return std::string("delivered");
  };
  EXPECT_EQ(deliver(theirs, "x"), Outcome::kDelivered);
  EXPECT_EQ(parse_answer_call(sent)->correlation, theirs);
  calls_.other_node = [](auto, auto) -> peers::CallResult { return std::string(); };
  EXPECT_EQ(deliver(theirs, "x"), Outcome::kNobody);
  calls_.other_node = [](auto, auto) -> peers::CallResult { return peers::CallFailure::kTimedOut; };
  EXPECT_EQ(deliver(theirs, "x"), Outcome::kUnreachable);
  EXPECT_EQ(counted("unreachable"), 1);
}

TEST_F(AnswerServiceTest, NobodyIsAskedAboutAForgedCorrelation) {
  calls_.other_node = [](auto, auto) -> peers::CallResult {
    ADD_FAILURE() << "asked";
    return std::string("delivered");
  };
  EXPECT_EQ(deliver(Correlation::make(8, 0).text(), "x"), Outcome::kNobody);
}

TEST_F(AnswerServiceTest, AnswerThatCameToAnotherNodeIsTaken) {
  auto ticket = open();
  const AnswerCall call{ticket->correlation(), {200, {}, "from afar"}};
  EXPECT_EQ(run(calls_.take("answers", to_text(call)), kOther), "delivered");
  EXPECT_EQ(run(ticket->wait(Deadline::after(hours(1))), kClient)->body, "from afar");
  EXPECT_EQ(run(calls_.take("answers", to_text(call))), "") << "the first one counts";
  EXPECT_EQ(run(calls_.take("answers", "garbage")), "");
  // A node that forwards what is not of this one is not asked in turn.
  const auto theirs = sealed_text(Correlation::make(8, 0), here_);
  EXPECT_EQ(run(calls_.take("answers", to_text({theirs, {}}))), "");
  run(close(std::move(ticket)), kClient);
}

}  // namespace
}  // namespace rig::answers
