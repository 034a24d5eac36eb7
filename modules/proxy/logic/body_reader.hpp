#pragma once

#include "logic/field_reader.hpp"
#include "logic/framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rig::proxy {

/// The body of a message, of either direction, in pieces that are views into the bytes given, so
/// that it is handed on without a copy. A pure function of the bytes; the caller keeps what was not
/// consumed and gives it again with more behind it.
///
///     auto step = reader.next(bytes);   // until kNeedMore, kDone or kFailed
///     write(step.piece);                // before the bytes are thrown away
///     bytes.remove_prefix(step.consumed);
///
/// Of chunks, sizes are hexadecimal digits alone, at most 16, and every line ends with CRLF
/// (RFC 9112, 7.1). Extensions are read over, up to a limit for each chunk: nobody knows any.
class BodyReader {
 public:
  enum class State : std::uint8_t {
    kNeedMore,
    kPiece,   ///< `piece` has at least one byte
    kDone,    ///< what follows belongs to the next message
    kFailed,  ///< see `failure()`; the connection cannot go on
  };
  struct Step {
    State state;
    std::size_t consumed = 0;
    std::string_view piece = {};
  };

  /// `trailers`: what may stand behind the last chunk.
  explicit BodyReader(Framing framing = {}, FieldLimits trailers = {16 * std::size_t{1024}, 64});

  Step next(std::string_view bytes);
  /// The last bytes of body that were given out come again; only of a body with a length.
  void give_back(std::size_t bytes) noexcept;
  /// The connection ended. True if that is where the body may end; else it was cut off.
  [[nodiscard]] bool ends_at_close() const noexcept;

  [[nodiscard]] bool is_done() const noexcept { return phase_ == Phase::kDone; }
  [[nodiscard]] const Framing& framing() const noexcept { return framing_; }
  /// Bytes of body that were given out.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// After kDone. What must not stand there (RFC 9110, 6.5.1) is left out.
  [[nodiscard]] const Headers& trailers() const noexcept { return trailers_; }
  [[nodiscard]] BadMessage failure() const noexcept { return failure_; }

 private:
  enum class Phase : std::uint8_t {
    kData,       // of the length, of a chunk, or until the end
    kChunkSize,  // the line before a chunk
    kChunkEnd,   // the line end behind it
    kTrailers,
    kDone,
    kFailed,
  };

  Step data(std::string_view bytes);
  Step fail(std::string_view reason);
  bool take_size(std::string_view line);
  void keep_trailers();
  /// Consumes one line of framing. Nothing to give out yet: kNeedMore with consumed > 0.
  Step advance(std::string_view bytes);

  Framing framing_;
  Phase phase_ = Phase::kDone;
  std::uint64_t left_ = 0;
  std::uint64_t size_ = 0;
  LineReader lines_;
  FieldReader trailer_reader_;
  Headers trailers_;
  BadMessage failure_{""};
};

/// Names that say something of the message itself, so that they must stand before it
/// (RFC 9110, 6.5.1).
[[nodiscard]] bool is_forbidden_trailer(std::string_view name) noexcept;

}  // namespace rig::proxy
