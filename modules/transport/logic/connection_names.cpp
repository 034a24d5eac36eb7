#include "logic/connection_names.hpp"

#include <rig/core/assert.hpp>

namespace rig::transport {

NamedConnection::NamedConnection(ConnectionNames& names)
    : names_(names), secret_(names.secrets_.next()), slot_(names.add(*this)) {}

NamedConnection::~NamedConnection() { names_.remove(slot_); }

ConnectionToken NamedConnection::token() const noexcept {
  return {names_.node_, names_.shard_, slot_, secret_};
}

NamedConnection* ConnectionNames::find(const ConnectionToken& token) const noexcept {
  if (token.node != node_ || token.shard != shard_ || token.slot >= slots_.size()) return nullptr;
  const Slot slot = slots_[token.slot];
  if ((slot.next_free & 1) != 0 || !same(slot.connection->secret_, token.secret)) return nullptr;
  return slot.connection;
}

std::uint32_t ConnectionNames::add(NamedConnection& connection) {
  static_assert(alignof(NamedConnection) > 1);
  std::uint32_t at = first_free_;
  if (at == kNone) {
    RIG_ASSERT(slots_.size() < kNone);
    at = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back({});
  } else {
    first_free_ = static_cast<std::uint32_t>(slots_[at].next_free >> 1);
  }
  slots_[at].connection = &connection;
  return at;
}

void ConnectionNames::remove(std::uint32_t slot) noexcept {
  slots_[slot].next_free = std::uintptr_t{first_free_} << 1 | 1;
  first_free_ = slot;
}

}  // namespace rig::transport
