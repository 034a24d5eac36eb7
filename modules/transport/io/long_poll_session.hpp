#pragma once

#include "io/client_identity.hpp"
#include "io/transport_shard.hpp"
#include "logic/connection_names.hpp"
#include "logic/notices.hpp"
#include "logic/poll_buffer.hpp"
#include "logic/stream_request.hpp"

#include <rig/core/timer_wheel.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

/// What a client that polls has instead of a connection (`events.md` 5): its subscriptions, and the
/// events that it has not confirmed. Lives on the shard where it was made until nobody has polled
/// it for a while. Polls come from any shard.
class LongPollSession final : public subscriptions::Subscriber,
                              public NamedConnection,
                              public ClientIdentity::Holder,
                              public std::enable_shared_from_this<LongPollSession> {
 public:
  LongPollSession(TransportShard& shard, TransportShard::Slot slot, bool with_cursors);
  ~LongPollSession() override;

  void open(StreamRequest request);
  /// Says that a session is over from which this client came.
  void note_gap(const subscriptions::Gap& gap);
  /// Waiting polls are answered with what there is.
  void wake() noexcept;
  /// Ends it: no poll finds it any more.
  void close() noexcept;

  /// What has come behind the place `seen`; waits for it until `deadline`.
  static Task<PollPage> poll(std::shared_ptr<LongPollSession> self, std::string seen,
                             Deadline deadline);

  void replace_subscriptions(subscriptions::SubscriptionList list) override;
  [[nodiscard]] std::string subscriptions_json() const override;
  [[nodiscard]] std::string_view transport_name() const noexcept override { return kName; }
  static constexpr std::string_view kName = "longpolling";
  [[nodiscard]] bool join_sessions(const access::Identity& identity) override;
  [[nodiscard]] bool identify(access::IdentityRef identity) override;
  [[nodiscard]] const access::Identity* identity() const noexcept override {
    return identity_ ? identity_->get() : nullptr;
  }

  void deliver(const cloudevents::EventRef& event) noexcept override;
  void subscriptions_effective() noexcept override;
  void gap(const subscriptions::Gap& gap) noexcept override;
  void page_replayed(bool is_last) noexcept override;

 private:
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  struct Idle : TimerWheel::Timer {
    explicit Idle(LongPollSession& of);
    LongPollSession& session;
  };

  /// Where the events of the buffer come from.
  enum class Source : std::uint8_t {
    kLive,
    kBehind,   ///< nowhere: it was full, and what came since is in the log
    kReading,  ///< a page of the log is on its way
    kPaused,   ///< the log has more, but the buffer is full
  };

  ClientIdentity& own_identity();  ///< made when it is asked for
  void tell(std::string_view type, std::string_view data) override { add_notice(type, data); }
  void end_by(EndOfIdentity end) noexcept override;

  void add_notice(std::string_view type, std::string_view data);
  void put(subscriptions::SubscriptionList list);
  void read_on();
  void read_anew();
  [[nodiscard]] cloudevents::EventRef gap_behind(const PollPlace& place);

  TransportShard& shard_;
  TransportShard::Slot slot_;
  PollBuffer buffer_;
  SubscriptionsState asked_;
  std::string in_force_json_;
  std::optional<subscriptions::SubscriptionList> next_;  // asked for before the end of the log
  std::vector<Timer*> waiting_;
  std::unique_ptr<ClientIdentity> identity_;  // null: it has shown no token
  Idle idle_{*this};
  Source source_ = Source::kLive;
  bool is_closed_ = false;
  bool is_confirmation_due_ = true;    // the set that was put last is not in force yet
  bool is_confirmed_already_ = false;  // the set that comes into force next is the one there was
};

}  // namespace rig::transport
