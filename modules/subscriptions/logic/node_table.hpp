#pragma once

#include "logic/hash.hpp"

#include <rig/core/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace rig::subscriptions {

/// A hash table that owns heap objects. The hash of each is beside its pointer, so a search touches
/// an object only if the hashes agree, and growth touches none. Linear probing, 16 bytes a slot,
/// between an eighth and three quarters of the slots in use. Searches can be prepared (see
/// `prefetch`), for which the standard's and Boost's tables have no means.
template <class Node, class Deleter = std::default_delete<Node>>
class NodeTable {
 public:
  using NodePtr = std::unique_ptr<Node, Deleter>;

  NodeTable() noexcept = default;
  ~NodeTable() {
    for_each([](Node& node) { Deleter()(&node); });
  }
  NodeTable(const NodeTable&) = delete;
  NodeTable& operator=(const NodeTable&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// The node with that hash for which `is_same(node)`; null if there is none.
  template <class IsSame>
  [[nodiscard]] Node* find(std::uint64_t hash, IsSame is_same) const noexcept {
    if (size_ == 0) return nullptr;
    for (std::size_t i = home(hash); slots_[i].node != nullptr; i = after(i)) {
      if (slots_[i].hash == hash && is_same(std::as_const(*slots_[i].node))) return slots_[i].node;
    }
    return nullptr;
  }

  /// Two steps that a search for `hash` will need, to be taken some time before it: first the slot,
  /// then the node, is brought into the cache.
  void prefetch_slot(std::uint64_t hash) const noexcept {
    if (size_ != 0) __builtin_prefetch(&slots_[home(hash)]);
  }
  void prefetch_node(std::uint64_t hash) const noexcept {
    const Node* node = find(hash, [](const Node&) { return true; });
    if (node != nullptr) __builtin_prefetch(node);
  }

  /// The caller knows that there is no such node yet.
  Node& insert(std::uint64_t hash, NodePtr node) {
    if (4 * (size_ + 1) > 3 * capacity()) resize(capacity() == 0 ? kSlotsMin : 2 * capacity());
    ++size_;
    return *(free_slot(hash) = Slot{hash, node.release()}).node;
  }

  /// Destroys the node.
  void erase(std::uint64_t hash, Node& node) {
    RIG_ASSERT(size_ != 0);
    std::size_t hole = home(hash);
    while (slots_[hole].node != &node) {
      RIG_ASSERT(slots_[hole].node != nullptr);
      hole = after(hole);
    }
    close(hole);
    --size_;
    Deleter()(&node);
    if (size_ == 0) {
      slots_.reset();
      mask_ = kNoSlots;
    } else if (capacity() > kSlotsMin && 8 * size_ < capacity()) {
      resize(capacity() / 2);
    }
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < capacity(); ++i) {
      if (slots_[i].node != nullptr) visit(*slots_[i].node);
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Node* node = nullptr;  // null: free
  };
  static constexpr std::size_t kSlotsMin = 4;
  static constexpr std::size_t kNoSlots = static_cast<std::size_t>(-1);

  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }
  [[nodiscard]] std::size_t home(std::uint64_t hash) const noexcept { return hash & mask_; }
  [[nodiscard]] std::size_t after(std::size_t i) const noexcept { return (i + 1) & mask_; }

  Slot& free_slot(std::uint64_t hash) const noexcept {
    std::size_t i = home(hash);
    while (slots_[i].node != nullptr) i = after(i);
    return slots_[i];
  }

  void resize(std::size_t capacity_wanted) {
    const std::size_t old_capacity = capacity();
    const auto old = std::exchange(slots_, std::make_unique<Slot[]>(capacity_wanted));
    mask_ = capacity_wanted - 1;
    for (std::size_t i = 0; i < old_capacity; ++i) {
      if (old[i].node != nullptr) free_slot(old[i].hash) = old[i];
    }
  }

  /// Frees a slot: what follows moves up, unless that would put it before its home.
  void close(std::size_t hole) noexcept {
    for (std::size_t i = after(hole); slots_[i].node != nullptr; i = after(i)) {
      const std::size_t from_home = (i - home(slots_[i].hash)) & mask_;
      if (from_home < ((i - hole) & mask_)) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = Slot{};
  }

  std::unique_ptr<Slot[]> slots_;
  std::size_t mask_ = kNoSlots;  // the number of slots is a power of two, or none
  std::size_t size_ = 0;
};

/// Finds the node whose `name` is that event type.
template <class Node>
[[nodiscard]] Node* find_type(const NodeTable<Node>& table, std::uint64_t hash,
                              std::string_view type) noexcept {
  return table.find(hash, [type](const Node& node) { return node.name == type; });
}

}  // namespace rig::subscriptions
