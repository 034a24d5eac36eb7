#pragma once

#include "logic/connection_token.hpp"

#include <rig/access/identity.hpp>
#include <rig/subscriptions/subscription.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

class ConnectionNames;

/// A connection that can be spoken to by its token, from any request. Lives on one shard.
class NamedConnection {
 public:
  /// Sets its subscriptions; `rig.subscriptions_set` follows on the connection.
  virtual void replace_subscriptions(subscriptions::SubscriptionList list) = 0;
  /// What was asked for last, as a JSON array.
  [[nodiscard]] virtual std::string subscriptions_json() const = 0;
  [[nodiscard]] virtual std::string_view transport_name() const noexcept = 0;  ///< "sse"
  /// The client is in the sessions of `identity` too, but for the rest who it was. False, and in
  /// none of them but those that it joined before, if one of them was ended.
  [[nodiscard]] virtual bool join_sessions(const access::Identity& identity) = 0;
  /// From now on the client is who this says, and in its sessions too. False, and nothing done, if
  /// one of them was ended.
  [[nodiscard]] virtual bool identify(access::IdentityRef identity) = 0;
  /// Null: nobody in particular.
  [[nodiscard]] virtual const access::Identity* identity() const noexcept = 0;

  [[nodiscard]] ConnectionToken token() const noexcept;

 protected:
  explicit NamedConnection(ConnectionNames& names);
  virtual ~NamedConnection();
  NamedConnection(const NamedConnection&) = delete;
  NamedConnection& operator=(const NamedConnection&) = delete;

 private:
  friend class ConnectionNames;
  ConnectionNames& names_;
  ConnectionToken::Secret secret_;
  std::uint32_t slot_;
};

/// The connections of one shard by token.
class ConnectionNames {
 public:
  ConnectionNames(peers::NodeId node, ShardId shard) : node_(node), shard_(shard) {}

  /// Null if there is no such connection, or no longer.
  [[nodiscard]] NamedConnection* find(const ConnectionToken& token) const noexcept;

 private:
  friend class NamedConnection;
  static constexpr std::uint32_t kNone = 0xffffffff;
  union Slot {
    NamedConnection* connection;
    std::uintptr_t next_free;  // odd: twice the place and one
  };

  std::uint32_t add(NamedConnection& connection);
  void remove(std::uint32_t slot) noexcept;

  const peers::NodeId node_;
  const ShardId shard_;
  Secrets secrets_;
  std::vector<Slot> slots_;
  std::uint32_t first_free_ = kNone;
};

}  // namespace rig::transport
