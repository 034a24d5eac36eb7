#pragma once

#include "config.hpp"
#include "io/socket.hpp"
#include "logic/outbox.hpp"
#include "transport_metrics.hpp"

#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace rig::transport {

class WriteQueue;

/// The write side of one long-lived connection; its owner derives from it. Lives on one shard.
class StreamWriter {
 public:
  enum class End : std::uint8_t {
    kFinished,  ///< everything is sent after `finish`
    kPeerGone,
    kTooSlow,  ///< too much waits for the client, or for too long
  };

 protected:
  StreamWriter(int fd, bool chunked) : fd_(fd), chunked_(chunked) {}
  ~StreamWriter() = default;
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

 private:
  /// The socket is full: call `WriteQueue::writable` when it is not any more.
  virtual void await_writable() noexcept = 0;
  /// Nothing more will be written. Comes from the loop, never from within `append`.
  virtual void write_ended(End end) noexcept = 0;
  /// See `WriteQueue::tell_drained`.
  virtual void drained() noexcept = 0;
  /// What tells the client that events are missing, `first` being the first of them.
  virtual ChunkRef gap_before(const cloudevents::Event& first) noexcept = 0;

  friend class WriteQueue;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  int fd_;
  bool chunked_;
  bool is_finishing_ = false;
  bool is_too_slow_ = false;
  bool wants_drained_ = false;
  std::uint32_t first_ = kNone;  // what waits for the flush: a list in the queue's arena
  std::uint32_t last_ = kNone;
  std::uint32_t turn_ = kNone;     // position among the writers to flush
  std::uint32_t blocked_ = kNone;  // position among those that have an outbox
  std::unique_ptr<Outbox> outbox_;
};

/// The sends of one shard. What the loop's turn appends to a connection leaves in one gathered send
/// at its end, so that under load a connection costs one system call for many events, and none of
/// it allocates. Only what the socket refuses moves to an outbox of the connection's own.
class WriteQueue {
 public:
  WriteQueue(Executor executor, TimerWheel& wheel, TransportMetrics& metrics,
             const SlowClientConfig& slow);

  /// Adds `chunk` to what `writer` sends. Does nothing once the writer has ended.
  void append(StreamWriter& writer, ChunkRef chunk);
  /// Sends what is there and then `last`; `write_ended(kFinished)` follows.
  void finish(StreamWriter& writer, ChunkRef last);
  /// Asks for one call of `drained` from the loop, when everything that was appended has left; also
  /// if that is nothing.
  void tell_drained(StreamWriter& writer);
  /// The socket of `writer` takes bytes again.
  void writable(StreamWriter& writer);
  /// Drops what `writer` has not sent; must be called before it dies.
  void forget(StreamWriter& writer) noexcept;

 private:
  struct Entry {
    ChunkRef chunk;
    std::uint32_t next;
  };

  /// Looks after those who do not get on.
  struct AgeTimer : TimerWheel::Timer {
    explicit AgeTimer(WriteQueue& of) noexcept;
    WriteQueue& queue;
  };

  void enlist(StreamWriter& writer);
  void block(StreamWriter& writer);
  void unblock(StreamWriter& writer) noexcept;
  void check_ages() noexcept;
  [[nodiscard]] bool is_over_limit(StreamWriter& writer, std::uint32_t since);
  void schedule();
  void flush();
  void flush_writer(StreamWriter& writer);
  void spill(StreamWriter& writer, std::size_t sent);
  void drain_outbox(StreamWriter& writer);
  ChunkRef pop(StreamWriter& writer) noexcept;
  /// What `gather` found.
  struct Gathered {
    std::size_t chunks = 0;
    std::size_t bytes = 0;
  };
  Gathered gather(const StreamWriter& writer);
  [[nodiscard]] std::uint32_t now() const noexcept;
  void completed(Chunk& chunk);
  void report();

  Executor executor_;
  TimerWheel& wheel_;
  TransportMetrics& metrics_;
  const SlowClientConfig slow_;
  AgeTimer age_timer_{*this};
  std::vector<StreamWriter*> blocked_;
  std::vector<Entry> arena_;
  std::uint32_t free_ = StreamWriter::kNone;
  std::vector<StreamWriter*> turns_;  // null: forgotten meanwhile
  std::size_t next_turn_ = 0;
  bool is_scheduled_ = false;
  std::vector<std::string_view> pieces_;
  std::vector<ChunkRef> to_report_;
  std::uint64_t deliveries_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace rig::transport
