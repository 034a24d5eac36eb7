#pragma once

#include "logic/address.hpp"

#include <rig/core/token_bucket.hpp>

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace rig::transport {

/// What each address has and does: its connections, and how fast its requests come. An address is
/// here while it has a connection or its bucket is not full; of those without a connection, at most
/// `resting_max`, and then whoever was not seen for longest is forgotten. Lives on one shard.
class AddressTable {
 public:
  using Time = TokenBucket::Time;

  struct Limits {
    std::uint32_t connections_max = 0;  ///< per address; 0: no limit
    TokenBucket::Rate rate;             ///< of requests per address
    std::size_t resting_max = 100'000;
  };

  AddressTable(const Limits& limits, AddressHash hash) : limits_(limits), entries_(0, hash) {}
  ~AddressTable() { resting_.clear(); }
  AddressTable(const AddressTable&) = delete;
  AddressTable& operator=(const AddressTable&) = delete;

  /// Takes a place for a connection; false if the address has all that it may have.
  [[nodiscard]] bool connect(const Address& address);
  /// Gives a place back that `connect` gave.
  void disconnect(const Address& address, Time now);
  /// Counts a request; zero if it may go on, else the time after which it may. Only with a rate.
  [[nodiscard]] TokenBucket::Wait request(const Address& address, Time now);

  /// Drops addresses that nothing needs to be known of any more, at most so many. False if that was
  /// not enough.
  bool forget_idle(Time now, std::size_t at_most);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
  /// How many were forgotten for want of room since it was last asked.
  [[nodiscard]] std::size_t take_forgotten() noexcept { return std::exchange(forgotten_, 0); }

 private:
  struct Entry : boost::intrusive::list_base_hook<> {
    const Address* address = nullptr;
    std::uint32_t connections = 0;
    TokenBucket bucket;
  };

  Entry& entry_of(const Address& address);
  void rest(Entry& entry);
  void forget(Entry& entry);

  Limits limits_;
  std::unordered_map<Address, Entry, AddressHash> entries_;
  boost::intrusive::list<Entry> resting_;  // without connections, by when they were last seen
  std::size_t connections_ = 0;
  std::size_t forgotten_ = 0;
};

}  // namespace rig::transport
