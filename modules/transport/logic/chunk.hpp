#pragma once

#include <rig/cloudevents/event.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace rig::transport {

/// Bytes that many connections of one shard send: an event in a wire form, or a heartbeat. Made
/// once, counted without atomics, never leaves its shard. The text of an event is not copied: a
/// chunk is a frame around it.
class Chunk : public boost::intrusive_ref_counter<Chunk, boost::thread_unsafe_counter> {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kPieces = 3;

  /// What stands around a text. `frame` without `prefix` bytes at its start and `suffix` at its end
  /// is what a connection without chunked transfer coding sends; the text comes after the first
  /// `split` bytes.
  struct Frame {
    std::string bytes;
    std::size_t prefix = 0;
    std::size_t suffix = 0;
    std::size_t split = 0;
  };

  /// Bytes that are no event.
  explicit Chunk(std::string bytes) : Chunk(Frame{.bytes = std::move(bytes)}, {}, {}) {}
  /// `text` is a part of the event, or empty if the frame has everything; no `event`: not counted
  /// as a delivery, never dropped.
  Chunk(Frame frame, std::string_view text, cloudevents::EventRef event)
      : frame_(std::move(frame)), text_(text), event_(std::move(event)) {}

  /// What to send, in order; pieces can be empty.
  [[nodiscard]] std::array<std::string_view, kPieces> pieces(bool chunked) const noexcept {
    const std::string_view bytes = frame_.bytes;
    const std::size_t from = chunked ? 0 : frame_.prefix;
    const std::size_t to = bytes.size() - (chunked ? 0 : frame_.suffix);
    if (text_.empty()) return {bytes.substr(from, to - from), {}, {}};
    return {bytes.substr(from, frame_.split - from), text_,
            bytes.substr(frame_.split, to - frame_.split)};
  }
  [[nodiscard]] std::size_t size(bool chunked) const noexcept {
    return frame_.bytes.size() + text_.size() - (chunked ? 0 : frame_.prefix + frame_.suffix);
  }
  /// All of it in one; for what is sent once.
  [[nodiscard]] std::string bytes(bool chunked) const {
    std::string all;
    for (const auto piece : pieces(chunked)) all += piece;
    return all;
  }

  [[nodiscard]] const cloudevents::EventRef& event() const noexcept { return event_; }

  /// Deliveries that the latency histogram does not know yet; the write queue's own.
  std::uint32_t deliveries_to_report = 0;

 private:
  Frame frame_;
  std::string_view text_;
  cloudevents::EventRef event_;
};

using ChunkRef = boost::intrusive_ptr<Chunk>;

}  // namespace rig::transport
