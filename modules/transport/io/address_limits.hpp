#pragma once

#include "logic/address.hpp"
#include "logic/address_table.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>

#include <memory>

namespace rig::transport {

/// The tables of addresses, exact for the whole node: what is known of an address lives on one
/// shard, and the others ask there. One object per node, used on all shards between `start` and
/// `stop`.
class AddressLimits {
 public:
  /// One connection's place among those of its address; given back when it is destroyed, on any
  /// shard.
  class Place {
   public:
    Place(AddressLimits& of, const Address& address) : of_(of), address_(address) {}
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    AddressLimits& of_;
    Address address_;
  };

  /// `forgotten` counts the addresses for which there was no room any more.
  AddressLimits(const AddressTable::Limits& limits, Shards& shards, metrics::Counter& forgotten);
  ~AddressLimits();

  Task<> start();
  /// After all places are given back, or on their way.
  Task<> stop();

  /// A place for a connection from `address`; nothing if it has all that it may have.
  static Task<std::unique_ptr<Place>> connect(Ref<AddressLimits> self, Address address);
  /// Counts a request from `address`: zero if it may go on, else after how long it may.
  static Task<TokenBucket::Wait> request(Ref<AddressLimits> self, Address address);

 private:
  class Part;
  struct Parts;

  [[nodiscard]] ShardId shard_of(const Address& address) const noexcept;
  static Task<std::unique_ptr<Place>> connect_here(Ref<AddressLimits> self, Address address);
  static Task<TokenBucket::Wait> request_here(Ref<AddressLimits> self, Address address);

  AddressTable::Limits limits_;
  AddressHash hash_;
  Shards& shards_;
  metrics::Counter& forgotten_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rig::transport
