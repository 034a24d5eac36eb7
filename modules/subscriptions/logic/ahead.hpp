#pragma once

#include "logic/seen.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>

namespace rig::subscriptions {

/// Clients that came from another node with more of some log than this node has got: what they have
/// seen of it comes here later, live, and is not for them. Until this node has got as far, they
/// are asked about each event, and get cursors that say what they have seen.
class Ahead {
 public:
  /// Events after `until` (seconds since 1970) are not compared any more: what a node could not
  /// send for so long does not come.
  void add(Subscriber& subscriber, Seen seen, std::uint64_t until);
  /// Does nothing if it is none of them.
  void remove(Subscriber& subscriber) noexcept;
  /// Delivers to one of them what it has not got. True if it was delivered.
  bool deliver(Subscriber& subscriber, const cloudevents::EventRef& event);

  [[nodiscard]] static bool has(Subscriber& subscriber) noexcept {
    return state_of(subscriber).is_ahead;
  }

 private:
  struct Client {
    Seen seen;
    std::uint64_t until;
  };

  boost::unordered_flat_map<Subscriber*, Client> clients_;
};

}  // namespace rig::subscriptions
