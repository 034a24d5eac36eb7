#pragma once
// Whether the ids of the events on SSE connections can be trusted as cursors: no id comes twice on
// a connection. As each event comes at most once (Verifier), it is enough that an id and an event
// belong to each other for all connections, and that none has the id of its forerunner, which may
// be the server's own.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "event_text.hpp"

namespace rig::bench {

class IdCheck {
 public:
  /// Of one connection: a digest of the id that came last; 0 at the start.
  using Last = std::uint64_t;

  /// An event of the server itself came.
  static void note(std::string_view id, Last& last);

  /// True if `mark` may have the id.
  bool check(const EventMark& mark, std::string_view id, Last& last);

 private:
  bool belongs(const EventMark& mark, std::string_view id, std::uint64_t digest);

  // One event reaches many connections in a row; what was right for the first is right for all.
  EventMark last_mark_;
  std::string last_id_;
  Last last_digest_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> id_of_;  // by event; digests
  std::unordered_set<std::uint64_t> ids_;
};

}  // namespace rig::bench
