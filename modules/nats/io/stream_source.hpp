#pragma once

#include "io/connection.hpp"
#include "io/event_decoder.hpp"
#include "io/library.hpp"
#include "io/stream_consumer.hpp"
#include "logic/pace.hpp"
#include "logic/recent_events.hpp"
#include "stream_config.hpp"

#include <rig/api/health_part.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/metrics/consumed_events.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_sink.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <semaphore>
#include <string_view>
#include <thread>
#include <vector>

namespace rig::nats {

/// Events from a stream of JetStream. A message is acknowledged when its events are delivered, on
/// all shards, and have been handed to the other nodes; what is not acknowledged the server gives
/// out again. A thread asks for messages, a batch at a time, so that no more are here than can be
/// taken. Called by the thread of the connection.
class StreamSource final : public ConnectionUser, public api::HealthPart {
 public:
  StreamSource(const StreamConfig& config, Ref<Shards> shards, Ref<subscriptions::EventSink> sink,
               metrics::Registry& registry);
  ~StreamSource() { closing(); }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;

  natsStatus opened(OpenConnection connection) override;
  void reconnected() noexcept override { wake_.release(); }
  /// What is here is delivered and acknowledged; nothing more is asked for.
  void drain() noexcept override;
  [[nodiscard]] bool is_drained() noexcept override { return is_done_.load(); }
  void closing() noexcept override;
  /// After the connection has stopped, on shard 0.
  Task<> join() { return turns_.join(); }

  [[nodiscard]] std::string_view name() const noexcept override { return "nats_jetstream"; }
  [[nodiscard]] State state() const noexcept override {
    return {.word = is_reading_.load() ? "connected" : "disconnected", .is_ready = true};
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Events = std::vector<cloudevents::EventRef>;
  struct Batch;
  class EndOfTurn;

  void read();
  void open();
  void fetch();
  void take(std::vector<MessagePtr> messages);
  void decode(MessagePtr message, Batch& batch);
  bool hand_over(const std::shared_ptr<Batch>& batch);
  void give_turn(const std::shared_ptr<Batch>& batch);
  static Task<> turn(std::shared_ptr<Batch> batch, Ref<subscriptions::EventSink> sink);
  void say_still_here(Batch& batch);
  void settle(Batch& batch);
  void note_problem(std::string_view reason);
  [[nodiscard]] bool goes_on() const noexcept { return !is_closing_.load(); }

  const StreamConfig config_;
  Ref<Shards> shards_;
  Ref<subscriptions::EventSink> sink_;
  metrics::ConsumedEvents consumed_;
  metrics::Counter& duplicates_;
  EventDecoder decoder_;
  Pace problem_pace_;
  std::atomic<bool> is_reading_{false};
  std::atomic<bool> is_draining_{false};
  std::atomic<bool> is_closing_{false};
  std::atomic<bool> is_done_{true};
  std::counting_semaphore<> wake_{0};  // ends a pause
  OpenConnection connection_;
  // Of the thread alone.
  RecentEvents recent_;
  StreamConsumer consumer_;
  std::thread thread_;
  TaskGroup turns_;  // one at a time, which the thread waits for
};

}  // namespace rig::nats
