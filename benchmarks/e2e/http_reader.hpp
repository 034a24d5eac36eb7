#pragma once
// Reads HTTP/1.1 responses from a byte stream: the head, then the body with its framing removed.

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::bench {

class HttpReader {
 public:
  enum class Step {
    kNeedMore,   ///< all bytes are consumed
    kBody,       ///< a piece of the body is there
    kEnd,        ///< the response is complete; the next byte starts another one
    kMalformed,  ///< not HTTP, or a framing that this reader does not know
  };

  /// Consumes from the front of `in` up to the next step. With kBody, `body` is a part of `in`.
  Step next(std::string_view& in, std::string_view& body);

  /// Of the response that is being read; 0 before its status line.
  int status() const { return status_; }
  bool has_head() const { return state_ != State::kStatusLine && state_ != State::kHeaders; }
  /// Sec-WebSocket-Accept of the last response that had one.
  const std::string& websocket_accept() const { return websocket_accept_; }

 private:
  enum class State { kStatusLine, kHeaders, kLength, kChunkSize, kChunk, kChunkEnd, kTrailers };

  bool take_line(std::string_view& in);
  bool on_line(std::string_view line);
  bool on_header(std::string_view line);
  void on_head_end();
  void finish();

  State state_ = State::kStatusLine;
  bool is_complete_ = false;
  bool is_chunked_ = false;
  int status_ = 0;
  std::uint64_t left_ = 0;  // bytes of the body or of the chunk
  std::string line_;        // may be incomplete
  std::string websocket_accept_;
};

}  // namespace rig::bench
