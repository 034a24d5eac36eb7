#pragma once

#include <rig/cloudevents/event.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::subscriptions {

/// A place in a log of events: everything up to `position` has been delivered. As text it is opaque
/// to clients, which hand it back to go on from there: the `id:` of an event stream.
struct Cursor {
  std::uint32_t log = 0;       ///< which log; a log in memory is a new one at each start
  std::uint64_t position = 0;  ///< of the last event before this place; positions only rise
  std::uint64_t seconds = 0;   ///< when that was, since 1970
  /// In a cluster: the place in each other log up to which everything has been delivered as well.
  /// So a node that has another log knows what is missing.
  cloudevents::LogPlaces elsewhere = {};

  /// Letters, digits, hyphens and underscores, at most `kTextMax` of them.
  void append_to(std::string& text) const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<Cursor> parse(std::string_view text) noexcept;

  static constexpr std::size_t kPlaceTextMax = 7 + 1 + 13;
  static constexpr std::size_t kElsewhereMax = 48;
  static constexpr std::size_t kTextMax =
      kPlaceTextMax + 1 + 13 + kElsewhereMax * (1 + kPlaceTextMax);

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// Why a client that resumes may have missed events.
struct Gap {
  enum class Reason : std::uint8_t {
    kExpired,    ///< the log does not reach back so far
    kUnknown,    ///< not a cursor of this gateway
    kRestarted,  ///< of another start, or another node
    kOverflow,   ///< the client was too slow, and what it was owed was dropped
  };
  Reason reason;
  std::uint64_t since = 0;  ///< events may be missing from then on, seconds since 1970; 0: unknown
};

}  // namespace rig::subscriptions
