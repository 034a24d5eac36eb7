#pragma once

#include "logic/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace rig::transport {

/// What a socket did not take yet, in order. Exists only while a connection is slower than its
/// events.
class Outbox {
 public:
  explicit Outbox(bool chunked) : chunked_(chunked) {}

  /// `now`: any clock of seconds, for `oldest`.
  void push(ChunkRef chunk, std::uint32_t now) {
    const std::size_t size = chunk->size(chunked_);
    if (size == 0) return;
    bytes_ += size;
    items_.push_back({std::move(chunk), now});
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  /// When the first of what waits came.
  [[nodiscard]] std::uint32_t oldest() const noexcept { return items_.front().since; }

  /// The next pieces to send, at most `max`, appended to `pieces`.
  void peek(std::vector<std::string_view>& pieces, std::size_t max) const;

  /// `sent` bytes are gone; `done(chunk)` is called for each chunk that is now complete.
  template <class Done>
  void consume(std::size_t sent, Done done) {
    bytes_ -= sent;
    sent += sent_of_first_;
    while (!items_.empty() && sent >= items_.front().chunk->size(chunked_)) {
      sent -= items_.front().chunk->size(chunked_);
      done(*items_.front().chunk);
      items_.pop_front();
    }
    sent_of_first_ = sent;
  }

  /// Drops the oldest events until at most `bytes_max` wait, and all that came before `since`; puts
  /// `mark(first event that was dropped)` in the place of the first. What is half sent and what is
  /// no event stays. Returns how many events that were.
  template <class Mark>
  std::size_t drop_oldest(std::size_t bytes_max, std::uint32_t since, Mark mark) {
    std::size_t dropped = 0;
    std::deque<Item> kept;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      const bool is_over = bytes_ > bytes_max || item.since < since;
      const bool is_half_sent = i == 0 && sent_of_first_ != 0;
      if (!is_over || is_half_sent || item.chunk->event() == nullptr) {
        kept.push_back(std::move(item));
        continue;
      }
      bytes_ -= item.chunk->size(chunked_);
      if (dropped++ != 0) continue;
      ChunkRef remark = mark(*item.chunk->event());
      bytes_ += remark->size(chunked_);
      kept.push_back({std::move(remark), item.since});
    }
    items_.swap(kept);
    return dropped;
  }

  /// Keeps only the newest event of each type and subject. Returns how many events were dropped.
  std::size_t conflate();

 private:
  struct Item {
    ChunkRef chunk;
    std::uint32_t since;
  };

  bool chunked_;
  std::size_t sent_of_first_ = 0;
  std::size_t bytes_ = 0;
  std::deque<Item> items_;
};

}  // namespace rig::transport
