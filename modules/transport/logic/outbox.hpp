#pragma once

#include "logic/chunk.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace rig::transport {

/// What a socket did not take yet, in order. Exists only while a connection is slower than its
/// events.
class Outbox {
 public:
  explicit Outbox(bool chunked) : chunked_(chunked) {}

  void push(ChunkRef chunk) {
    bytes_ += bytes_of(*chunk).size();
    chunks_.push_back(std::move(chunk));
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return first_ == chunks_.size(); }

  /// The next pieces to send, at most `max`, appended to `pieces`.
  void peek(std::vector<std::string_view>& pieces, std::size_t max) const {
    for (std::size_t i = first_; i < chunks_.size() && pieces.size() < max; ++i) {
      auto bytes = bytes_of(*chunks_[i]);
      if (i == first_) bytes.remove_prefix(sent_of_first_);
      pieces.push_back(bytes);
    }
  }

  /// `sent` bytes are gone; `done(chunk)` is called for each chunk that is now complete.
  template <class Done>
  void consume(std::size_t sent, Done done) {
    bytes_ -= sent;
    sent += sent_of_first_;
    while (first_ < chunks_.size() && sent >= bytes_of(*chunks_[first_]).size()) {
      sent -= bytes_of(*chunks_[first_]).size();
      done(*chunks_[first_]);
      chunks_[first_++].reset();
    }
    sent_of_first_ = sent;
    // What is sent leaves the vector in one move per doubling, not one per chunk.
    if (first_ > chunks_.size() / 2) {
      chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

 private:
  [[nodiscard]] std::string_view bytes_of(const Chunk& chunk) const noexcept {
    return chunked_ ? chunk.framed() : chunk.plain();
  }

  bool chunked_;
  std::size_t first_ = 0;
  std::size_t sent_of_first_ = 0;
  std::size_t bytes_ = 0;
  std::vector<ChunkRef> chunks_;
};

}  // namespace rig::transport
