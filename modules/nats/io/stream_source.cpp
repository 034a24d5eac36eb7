#include "io/stream_source.hpp"

#include <rig/core/log.hpp>

#include <string>
#include <utility>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ShardId kShard = 0;
constexpr std::size_t kBatchMax = 256;
constexpr milliseconds kPatience{500};  // how soon a thread without messages sees that it drains
constexpr milliseconds kFullPause{5};
constexpr seconds kRetryPause{2};
constexpr seconds kProblemInterval{30};

}  // namespace

/// Messages whose events are on their way, all of them or, after a stop, some.
struct StreamSource::Batch {
  std::vector<MessagePtr> messages;
  Events events;
  Clock::time_point received = Clock::now();
  Clock::time_point next_word{};  // to the server, that they are still here
  std::size_t accepted = 0;
  bool is_settled = false;
  std::binary_semaphore had_turn{0};
};

/// Whatever becomes of a turn, the thread gets to know its end.
class StreamSource::EndOfTurn {
 public:
  explicit EndOfTurn(Batch& batch) : batch_(batch) {}
  ~EndOfTurn() { batch_.had_turn.release(); }
  EndOfTurn(const EndOfTurn&) = delete;
  EndOfTurn& operator=(const EndOfTurn&) = delete;

 private:
  Batch& batch_;
};

StreamSource::StreamSource(const StreamConfig& config, Ref<Shards> shards,
                           Ref<subscriptions::EventSink> sink, metrics::Registry& registry)
    : config_(config),
      shards_(shards),
      sink_(sink),
      consumed_(registry, "nats", config.stream),
      duplicates_(registry.counter({"rig_nats_duplicate_events_total",
                                    "Events that came again and were not delivered again"},
                                   {{"topic", config.stream}})),
      decoder_(config.stream, sink, consumed_, registry),
      problem_pace_(kProblemInterval),
      recent_(config.remembered_max, config.remembered_time),
      consumer_(config),
      turns_(shards->executor(kShard), "nats.stream") {}

natsStatus StreamSource::opened(OpenConnection connection) {
  connection_ = connection;
  is_closing_.store(false);
  is_done_.store(false);
  thread_ = std::thread([this] { read(); });
  return NATS_OK;
}

void StreamSource::drain() noexcept {
  is_draining_.store(true);
  wake_.release();
}

void StreamSource::closing() noexcept {
  if (!thread_.joinable()) return;
  is_closing_.store(true);
  wake_.release();
  thread_.join();
}

void StreamSource::read() {
  while (goes_on() && !is_draining_.load()) {
    if (consumer_.is_open()) {
      fetch();
    } else {
      open();
    }
    if (!consumer_.is_open() && goes_on()) (void)wake_.try_acquire_for(kRetryPause);
  }
  is_reading_.store(false);
  consumer_.close();
  is_done_.store(true);
}

void StreamSource::open() {
  const auto problem = consumer_.open(connection_);
  if (!problem.empty()) {
    consumer_.close();
    return note_problem(problem);
  }
  problem_pace_.reset();
  RIG_LOG(kInfo, "events come from a stream", {"stream", std::string_view(config_.stream)},
          {"durable", std::string_view(config_.durable)});
}

void StreamSource::fetch() {
  const bool is_connected = natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED;
  is_reading_.store(is_connected);
  // Questions would wait in the library, and be asked when nobody waits for their answers.
  if (!is_connected) return (void)wake_.try_acquire_for(kRetryPause);
  auto fetched = consumer_.fetch(kBatchMax, kPatience);
  if (!fetched.messages.empty()) take(std::move(fetched.messages));
  if (fetched.problem.empty()) return;
  is_reading_.store(false);
  consumer_.close();
  if (goes_on()) note_problem(fetched.problem);
}

void StreamSource::take(std::vector<MessagePtr> messages) {
  const auto batch = std::make_shared<Batch>();
  batch->next_word = Clock::now() + consumer_.ack_wait() / 3;
  for (auto& message : messages) decode(std::move(message), *batch);
  if (batch->messages.empty()) return;
  if (hand_over(batch)) {
    consumed_.accepted(Clock::now() - batch->received, batch->events.size());
    for (const auto& message : batch->messages) (void)natsMsg_Ack(message.get(), nullptr);
  } else {
    settle(*batch);
  }
  // Messages know the subscription that they came by.
  batch->messages.clear();
}

/// A message that is no event never becomes one: the server is told not to send it again.
void StreamSource::decode(MessagePtr message, Batch& batch) {
  Events events;
  if (!decoder_.decode(message.get(), events)) {
    (void)natsMsg_Term(message.get(), nullptr);
    return;
  }
  for (auto& event : events) {
    if (recent_.note(event->source(), event->id(), batch.received)) {
      batch.events.push_back(std::move(event));
    } else {
      duplicates_.add();
    }
  }
  batch.messages.push_back(std::move(message));
}

/// False if the gateway stops before all was accepted.
bool StreamSource::hand_over(const std::shared_ptr<Batch>& batch) {
  for (;;) {
    give_turn(batch);
    if (batch->is_settled) return true;
    if (!goes_on()) return false;
    // The shard has too much to do. No more is asked for meanwhile, and the server keeps the order.
    (void)wake_.try_acquire_for(kFullPause);
    say_still_here(*batch);
  }
}

void StreamSource::give_turn(const std::shared_ptr<Batch>& batch) {
  shards_->post(kShard, [this, batch] { turns_.spawn(turn(batch, sink_)); });
  batch->had_turn.acquire();
}

Task<> StreamSource::turn(std::shared_ptr<Batch> batch, Ref<subscriptions::EventSink> sink) {
  using Outcome = subscriptions::EventSink::Outcome;
  const EndOfTurn end(*batch);
  while (batch->accepted < batch->events.size()) {
    if (sink->offer(batch->events[batch->accepted]) != Outcome::kAccepted) co_return;
    ++batch->accepted;
  }
  if (!batch->events.empty()) co_await sink->settled();
  batch->is_settled = true;
}

void StreamSource::say_still_here(Batch& batch) {
  const auto now = Clock::now();
  if (now < batch.next_word) return;
  batch.next_word = now + consumer_.ack_wait() / 3;
  for (const auto& message : batch.messages) (void)natsMsg_InProgress(message.get(), nullptr);
}

/// None of the messages is acknowledged; when they come again, the events that were accepted are
/// known, and the others are not.
void StreamSource::settle(Batch& batch) {
  consumed_.accepted(Clock::now() - batch.received, batch.accepted);
  for (auto i = batch.accepted; i < batch.events.size(); ++i)
    recent_.forget(batch.events[i]->source(), batch.events[i]->id());
}

void StreamSource::note_problem(std::string_view reason) {
  const auto passed_over = problem_pace_.due(Clock::now());
  if (!passed_over) return;
  RIG_LOG(kWarn, "the stream cannot be read, it is tried again",
          {"stream", std::string_view(config_.stream)}, {"reason", reason},
          {"attempts_before", *passed_over});
}

}  // namespace rig::nats
