#pragma once

#include "logic/subjects.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/nats/link.hpp>
#include <rig/nats/stream.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// Where this node stands in the stream that records all events. A fence is a message that goes the
/// same way as the node's own events and is recorded with them; that the server tells its place
/// comes the same way as the events of others. When it is here, all that was recorded before it is
/// here too, as far as this node wants it, and what this node published before is recorded. Lives
/// on shard 0.
class Fences {
 public:
  /// The place of a fence that was sent after the question; nothing: there is no stream, or no
  /// connection.
  using Done = std::function<void(std::optional<cloudevents::LogPlace>)>;

  /// `reached` is told each place, before those who asked for it.
  Fences(Ref<Shards> shards, Ref<nats::Link> link, Ref<nats::Stream> stream,
         Ref<const Subjects> subjects, std::function<void(cloudevents::LogPlace)> reached);
  ~Fences();
  Fences(const Fences&) = delete;
  Fences& operator=(const Fences&) = delete;

  void ask(Done done);
  /// There is a new connection: it may be another stream now.
  void connected();
  /// What the server answered to a fence.
  void answered(std::string_view subject, std::string_view answer);
  /// Nobody records it.
  void unanswered(std::string_view subject);
  void stop();

  /// True once this node knows where it is in the stream. Any thread.
  [[nodiscard]] bool has_reached() const noexcept { return has_reached_.load(); }

 private:
  struct Timer : TimerWheel::Timer {
    explicit Timer(Fences& of) noexcept;
    Fences& owner;
  };
  struct Here {
    Fences* fences;  // null: it is over
  };

  void look();
  void found(std::uint64_t round, std::optional<std::uint32_t> id);
  void send();
  void finish(std::optional<cloudevents::LogPlace> place);
  void answer_all(std::optional<cloudevents::LogPlace> place);
  void tick();
  [[nodiscard]] bool is_current(std::string_view subject) const;

  Ref<Shards> shards_;
  Ref<nats::Link> link_;
  Ref<nats::Stream> stream_;
  Ref<const Subjects> subjects_;
  std::function<void(cloudevents::LogPlace)> reached_;
  std::shared_ptr<Here> here_;
  std::uint32_t id_ = 0;  // of the stream; zero: there is none
  bool is_looking_ = false;
  int looks_ = 0;             // without success, with this connection
  std::uint64_t round_ = 0;   // of connections
  std::uint64_t number_ = 0;  // of the last fence
  std::uint64_t ticks_ = 0;   // since it was sent
  bool is_under_way_ = false;
  std::atomic<bool> has_reached_{false};
  std::vector<Done> asked_;    // for the fence that is under way
  std::vector<Done> waiting_;  // for the next one
  Timer timer_;
};

}  // namespace rig::cluster
