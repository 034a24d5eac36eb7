#include "logic/address_table.hpp"

#include <rig/core/assert.hpp>

namespace rig::transport {

AddressTable::Entry& AddressTable::entry_of(const Address& address) {
  const auto found = entries_.try_emplace(address).first;
  found->second.address = &found->first;
  return found->second;
}

/// To the end of those that rest.
void AddressTable::rest(Entry& entry) {
  if (entry.is_linked()) resting_.erase(resting_.iterator_to(entry));
  resting_.push_back(entry);
}

void AddressTable::forget(Entry& entry) {
  if (entry.is_linked()) resting_.erase(resting_.iterator_to(entry));
  entries_.erase(Address(*entry.address));
}

bool AddressTable::connect(const Address& address) {
  Entry& entry = entry_of(address);
  if (limits_.connections_max > 0 && entry.connections >= limits_.connections_max) return false;
  ++entry.connections;
  ++connections_;
  if (entry.is_linked()) resting_.erase(resting_.iterator_to(entry));
  return true;
}

void AddressTable::disconnect(const Address& address, Time now) {
  const auto found = entries_.find(address);
  RIG_ASSERT(found != entries_.end() && found->second.connections > 0);
  Entry& entry = found->second;
  --connections_;
  if (--entry.connections > 0) return;
  if (entry.bucket.is_full(now)) return forget(entry);
  rest(entry);
}

TokenBucket::Wait AddressTable::request(const Address& address, Time now) {
  Entry& entry = entry_of(address);
  const auto wait = entry.bucket.take(limits_.rate, now);
  if (entry.connections > 0) return wait;
  rest(entry);
  if (resting_.size() > limits_.resting_max) {
    forget(resting_.front());
    ++forgotten_;
  }
  return wait;
}

bool AddressTable::forget_idle(Time now, std::size_t at_most) {
  while (!resting_.empty() && resting_.front().bucket.is_full(now)) {
    if (at_most-- == 0) return false;
    forget(resting_.front());
  }
  return true;
}

}  // namespace rig::transport
