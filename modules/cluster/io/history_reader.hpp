#pragma once

#include "io/fences.hpp"
#include "logic/subjects.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/cloudevents/field_plan.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/nats/stream.hpp>
#include <rig/subscriptions/event_exchange.hpp>
#include <rig/subscriptions/history.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace rig::cluster {

/// The events in a part of the stream that ends there, and how many bytes they have. Any thread.
std::unique_ptr<subscriptions::History> history_of(nats::StreamPart part, cloudevents::LogPlace end,
                                                   const cloudevents::FieldPlans& plans,
                                                   std::size_t& bytes);

/// Reads from the stream what clients have missed that come from other nodes. One reading at a
/// time, for all who want one by then: when a node dies, its clients come at once, and want the
/// same. Lives on shard 0.
class HistoryReader {
 public:
  using Done = std::function<void(subscriptions::HistoryRef)>;

  HistoryReader(Ref<Shards> shards, Ref<nats::Stream> stream, Ref<Fences> fences,
                Ref<subscriptions::EventExchange> exchange, Ref<const Subjects> subjects);

  void read(subscriptions::HistoryRequest request, Done done);
  /// The node has all that was recorded up to there.
  void reached(cloudevents::LogPlace place);
  /// Events are missing in the stream, before the place that is reached next.
  void break_off() noexcept { is_broken_ = true; }
  /// Does not begin to read for anybody, or does again.
  void hold(bool is_held);
  /// Whoever waits for a reading gets none, also one that is under way: what is recorded up to its
  /// end need not be in the log any more.
  void give_up();
  void stop() noexcept { here_->reader = nullptr; }

 private:
  struct Question {
    subscriptions::HistoryRequest request;
    Done done;
  };
  using Questions = std::vector<Question>;
  struct Here {
    HistoryReader* reader;              // null: it is over
    std::atomic<std::size_t> bytes{0};  // of all histories that anybody holds
  };

  void begin();
  void read_upto(cloudevents::LogPlace end);
  [[nodiscard]] bool is_complete_since(cloudevents::LogPlace place) const noexcept;
  [[nodiscard]] nats::StreamReading reading_for(const Questions& questions,
                                                cloudevents::LogPlace end) const;
  void finish(const subscriptions::HistoryRef& history);

  Ref<Shards> shards_;
  Ref<nats::Stream> stream_;
  Ref<Fences> fences_;
  Ref<subscriptions::EventExchange> exchange_;
  Ref<const Subjects> subjects_;
  std::shared_ptr<Here> here_;
  Questions asked_;          // that are being read for
  Questions waiting_;        // for the next reading
  std::uint64_t round_ = 0;  // of readings; those of an earlier one are given up
  bool is_held_ = false;
  bool is_broken_ = false;
  cloudevents::LogPlace complete_since_;  // as far as this node has heard
};

}  // namespace rig::cluster
