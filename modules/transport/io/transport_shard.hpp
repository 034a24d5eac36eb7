#pragma once

#include "config.hpp"
#include "io/admission.hpp"
#include "io/descriptors.hpp"
#include "io/socket.hpp"
#include "io/write_queue.hpp"
#include "logic/chunk.hpp"
#include "logic/connection_names.hpp"
#include "logic/cors.hpp"
#include "logic/route_table.hpp"
#include "logic/ws_deflate.hpp"
#include "transport_metrics.hpp"

#include <rig/access/access.hpp>
#include <rig/cloudevents/event.hpp>
#include <rig/core/deadline.hpp>
#include <rig/core/lifecycle.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task_group.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/peers/calls.hpp>
#include <rig/peers/node_identity.hpp>
#include <rig/sessions/sessions.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/subscriptions.hpp>
#include <rig/transport/fallback.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rig::transport {

class HttpSession;
class LongPollSession;
class StreamConnection;

/// The forms in which an event goes to clients; of each there is one chunk per event and shard.
enum class WireForm : std::uint8_t {
  kSse,
  kWs,
  kWsWithCursor,
  kWsDeflated,
  kWsDeflatedWithCursor,
};
inline constexpr std::size_t kWireForms = 5;

/// What all shards of the transport share: set up before they start, then only read.
struct TransportContext {
  TransportConfig config;
  RouteTable routes;
  Cors cors;
  TransportMetrics metrics;
  const peers::NodeIdentity& node;
  peers::Calls& calls;
  Shards& shards;
  const Lifecycle& lifecycle;
  subscriptions::Subscriptions& subscriptions;
  subscriptions::EventSink& events;
  access::Access& access;
  sessions::Sessions& sessions;
  Admission* admission = nullptr;  ///< the module's
  Fallback* fallback = nullptr;    ///< none: what has no route is not found
};

/// The transport of one shard: its listeners, its connections, and what they have in common.
class TransportShard {
 public:
  /// Counts one connection against the limit, for as long as it lives.
  class Slot {
   public:
    explicit Slot(TransportShard& shard) : shard_(&shard) { ++shard.connections_; }
    Slot(Slot&& other) noexcept
        : shard_(std::exchange(other.shard_, nullptr)), place_(std::move(other.place_)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (shard_ != nullptr) shard_->release();
    }
    /// Keeps a place among the connections of an address as long as this one.
    void hold(std::unique_ptr<AddressLimits::Place> place) { place_ = std::move(place); }

   private:
    TransportShard* shard_;
    std::unique_ptr<AddressLimits::Place> place_;  // null without a limit per address
  };
  using Hook =
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  TransportShard(TransportContext& context, ShardId shard);
  ~TransportShard();

  /// Accepts connections from `listener`, a listening socket that the shard takes over.
  void listen(int listener, Door door);
  /// No new connections; requests in flight are answered.
  static Task<> begin_drain(Ref<TransportShard> self);
  /// Polls that wait are answered, and their sessions end.
  static Task<> end_long_polls(Ref<TransportShard> self);
  /// Waits until there is no request any more; returns at the deadline.
  static Task<> requests_done(Ref<TransportShard> self, Deadline deadline);
  /// Sends the clients away, spread over a time, each after what is queued for it; waits until that
  /// has left no connection, or for the deadline.
  static Task<> say_goodbye(Ref<TransportShard> self, Deadline deadline);
  /// Closes everything at once.
  static Task<> stop(Ref<TransportShard> self);

  void start_session(Socket socket, Door door);
  /// Something that a connection waits for; it may be gone when it is done.
  void spawn(Task<> task) { tasks_.spawn(std::move(task)); }
  void add(HttpSession& session);
  void remove(HttpSession& session);
  void add(std::unique_ptr<StreamConnection> stream);
  void erase(StreamConnection& stream);
  void add(std::shared_ptr<LongPollSession> session);
  void erase(LongPollSession& session);
  /// Null if the token is of no session that polls.
  [[nodiscard]] std::shared_ptr<LongPollSession> find_long_poll(const ConnectionToken& token) const;

  /// The chunk of an event, encoded for the first of the connections that get it.
  const ChunkRef& chunk(const cloudevents::EventRef& event, WireForm form);
  /// Clients that come back together read the same events a little apart: as long as any does, the
  /// latest chunks are kept.
  void begin_replay();
  void end_replay();
  [[nodiscard]] const ChunkRef& heartbeat(WireForm form) const {
    return form == WireForm::kSse ? sse_heartbeat_ : ws_heartbeat_;
  }
  /// How long a client is to wait before it connects again: with a part by chance, so that not all
  /// come at once.
  [[nodiscard]] std::chrono::milliseconds retry();
  [[nodiscard]] ConnectionNames& names() { return names_; }

  [[nodiscard]] const TransportContext& context() const { return context_; }
  [[nodiscard]] const TransportConfig& config() const { return context_.config; }
  [[nodiscard]] TransportMetrics& metrics() { return context_.metrics; }
  [[nodiscard]] Admission& admission() { return *context_.admission; }
  [[nodiscard]] SpareDescriptor& spare_descriptor() { return spare_descriptor_; }
  [[nodiscard]] subscriptions::Subscriptions& subscriptions() { return context_.subscriptions; }
  [[nodiscard]] sessions::Sessions& sessions() { return context_.sessions; }
  [[nodiscard]] TimerWheel& wheel() { return context_.shards.wheel(); }
  [[nodiscard]] WriteQueue& writes() { return writes_; }
  [[nodiscard]] Executor executor() const { return executor_; }
  [[nodiscard]] std::span<char> scratch() { return scratch_; }
  /// True on all shards before the first of them closes its door.
  [[nodiscard]] bool is_draining() const { return context_.lifecycle.phase() >= Phase::kDraining; }
  [[nodiscard]] bool is_full() const { return connections_ >= config().connections_max; }
  /// The value of the `date` header, at most a second old.
  [[nodiscard]] std::string_view date();
  [[nodiscard]] std::string next_request_id();

 private:
  using SessionList = boost::intrusive::list<HttpSession, boost::intrusive::base_hook<Hook>,
                                             boost::intrusive::constant_time_size<false>>;
  using StreamList = boost::intrusive::list<StreamConnection, boost::intrusive::base_hook<Hook>,
                                            boost::intrusive::constant_time_size<false>>;
  // What is kept for replays: some pages, and no large events.
  static constexpr std::size_t kReplayedEvents = 1024;
  static constexpr std::size_t kReplayedBytesMax = 8192;

  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  void release();
  bool send_one_away();
  ChunkRef encode(const cloudevents::EventRef& event, WireForm form);
  ChunkRef encode_once(const cloudevents::EventRef& event, WireForm form);

  TransportContext& context_;
  Executor executor_;
  WriteQueue writes_;
  std::array<char, std::size_t{64} * 1024> scratch_;
  ConnectionNames names_;
  ChunkRef sse_heartbeat_;
  ChunkRef ws_heartbeat_;
  std::optional<WsDeflater> deflater_;
  cloudevents::EventRef encoded_event_;
  std::array<ChunkRef, kWireForms> encoded_;
  std::size_t replays_ = 0;
  std::vector<ChunkRef> replayed_;  // by position and form; empty without replays
  std::string date_;
  std::chrono::system_clock::time_point date_at_;
  std::uint64_t request_ids_;
  std::size_t connections_ = 0;
  SpareDescriptor spare_descriptor_;
  std::size_t requests_ = 0;  // connections that are no streams
  Timer quiet_;               // cancelled when the last connection, or the last request, is gone
  SessionList sessions_;
  StreamList streams_;
  boost::unordered_flat_map<const LongPollSession*, std::shared_ptr<LongPollSession>> long_polls_;
  TaskGroup accepting_;
  TaskGroup tasks_;
};

}  // namespace rig::transport
