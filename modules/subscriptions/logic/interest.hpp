#pragma once

#include "logic/node_table.hpp"

#include <rig/core/shard_id.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// What shards tell each other about event types. Between any two shards messages stay in order.
struct InterestMessage {
  enum class Kind : std::uint8_t {
    kWant,   ///< from now on send me events of these types
    kNoted,  ///< I do, since this message
    kDrop,   ///< do not any longer
  };
  Kind kind;
  std::shared_ptr<const std::vector<std::string>> types;
};

/// Carries messages to other shards.
class InterestPostman {
 public:
  virtual void post(ShardId to, InterestMessage message) = 0;

 protected:
  ~InterestPostman() = default;
};

/// Which shards want which event types, as far as one shard knows; and what this shard itself
/// wants. A type is wanted as long as it has users (subscriptions in force, or waiting to be) and
/// for a grace after the last one, so that a client that comes and goes causes no traffic.
///
/// The protocol: the first user posts kWant to all others; each notes it and answers kNoted; after
/// the last answer every event that is published anywhere comes here. kDrop is posted only after
/// all answers are in, so an answer always belongs to the latest kWant.
class Interest {
 public:
  using Ticket = std::uint64_t;  ///< names whoever waits for the answers

  Interest(ShardId self, std::size_t shards, InterestPostman& postman);
  ~Interest();
  Interest(const Interest&) = delete;
  Interest& operator=(const Interest&) = delete;

  /// Adds a user to each of `types`, which are distinct. Returns for how many of them answers are
  /// still missing; `receive` will name the ticket once for each.
  std::size_t hold(std::span<const std::string_view> types, Ticket ticket);
  /// Adds a user to a type that has one already.
  void hold(std::string_view type);
  /// Takes a user away.
  void release(std::string_view type);

  /// Adds to `noted` the tickets that waited for a type whose last answer this message is.
  void receive(ShardId from, const InterestMessage& message, std::vector<Ticket>& noted);

  /// Where to send events of `type`; null for nowhere. Valid until the next change.
  [[nodiscard]] const ShardSet* wanted_by(std::string_view type) const noexcept;

  /// True if this shard has a single user of `type` and no other shard wants it.
  [[nodiscard]] bool has_one_user(std::string_view type) const noexcept;

  /// Drops the types that have had no user for one whole interval between two sweeps.
  void sweep();
  [[nodiscard]] bool has_idle() const noexcept { return !idle_.empty(); }

  [[nodiscard]] std::size_t types() const noexcept { return types_.size(); }

 private:
  struct Type;
  using Names = std::vector<std::string>;

  Type& find_or_add(std::string_view type);
  Type& own(std::string_view type) const;
  void forget_if_unwanted(Type& type);
  void broadcast(InterestMessage::Kind kind, Names types);

  const ShardId self_;
  const std::size_t shards_;
  InterestPostman& postman_;
  NodeTable<Type> types_;
  std::vector<Type*> idle_;  // own types without users, and some that have users again
};

}  // namespace rig::subscriptions
