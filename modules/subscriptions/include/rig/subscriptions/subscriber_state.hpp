#pragma once

#include <rig/core/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace rig::subscriptions {

/// One end of a connection between a subscriber and a bucket of the index: `target` is the other
/// end, `back` the place of this connection in the other end's list. So either end can leave in
/// constant time.
template <class T>
struct Link {
  T* target;
  std::uint32_t back;
};

/// A list of links in 16 bytes. One link, the usual case, is held in place; more are on the heap.
template <class T>
class LinkList {
 public:
  LinkList() noexcept = default;
  ~LinkList() { clear(); }
  LinkList(const LinkList&) = delete;
  LinkList& operator=(const LinkList&) = delete;

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] Link<T> operator[](std::uint32_t i) const noexcept {
    return is_in_place() ? Link<T>{targets_.one, back_or_capacity_} : targets_.many[i];
  }
  [[nodiscard]] Link<T> back() const noexcept { return (*this)[size_ - 1]; }

  /// Calls `visit(target)` for each link, in no order that means anything.
  template <class Visit>
  void for_each_target(Visit visit) const {
    if (is_in_place()) {
      if (size_ == 1) visit(*targets_.one);
      return;
    }
    for (std::uint32_t i = 0; i < size_; ++i) visit(*targets_.many[i].target);
  }

  void set_back(std::uint32_t i, std::uint32_t back) noexcept {
    (is_in_place() ? back_or_capacity_ : targets_.many[i].back) = back;
  }

  void push_back(Link<T> link) {
    if (size_ == 0) {
      targets_.one = link.target;
      back_or_capacity_ = link.back;
    } else {
      if (size_ == 1) {
        move_to_heap();
      } else if (size_ == back_or_capacity_) {
        RIG_ASSERT(size_ <= std::numeric_limits<std::uint32_t>::max() / 2);
        reallocate(2 * size_);
      }
      targets_.many[size_] = link;
    }
    ++size_;
  }

  /// Removes the link at `i`; the last link takes its place.
  void swap_remove(std::uint32_t i) {
    RIG_ASSERT(i < size_);
    if (is_in_place()) {
      size_ = 0;
      return;
    }
    targets_.many[i] = targets_.many[--size_];
    if (size_ == 1) {
      move_in_place();
    } else if (size_ <= back_or_capacity_ / 4) {
      reallocate(back_or_capacity_ / 2);
    }
  }

  void clear() noexcept {
    if (!is_in_place()) delete[] targets_.many;
    size_ = 0;
  }

 private:
  [[nodiscard]] bool is_in_place() const noexcept { return size_ <= 1; }

  void move_to_heap() {
    auto* links = new Link<T>[2];
    links[0] = Link<T>{targets_.one, back_or_capacity_};
    targets_.many = links;
    back_or_capacity_ = 2;
  }
  void move_in_place() noexcept {
    auto* links = targets_.many;
    targets_.one = links[0].target;
    back_or_capacity_ = links[0].back;
    delete[] links;
  }
  void reallocate(std::uint32_t capacity) {
    auto* links = new Link<T>[capacity];
    for (std::uint32_t i = 0; i < size_; ++i) links[i] = targets_.many[i];
    delete[] std::exchange(targets_.many, links);
    back_or_capacity_ = capacity;
  }

  union Targets {
    T* one = nullptr;  // if size_ <= 1
    Link<T>* many;
  };

  Targets targets_;
  std::uint32_t size_ = 0;
  std::uint32_t back_or_capacity_ = 0;  // of the link in place, or of the array
};

class Bucket;
class Subscriber;

/// What this module keeps in each subscriber. Nobody else's business; it is here so that a
/// connection needs no second allocation for it.
struct SubscriberState {
  LinkList<Bucket> buckets;         ///< of the subscriptions in force
  std::uint64_t last_match = 0;     ///< number of the last event that was delivered
  std::uint32_t subscriptions = 0;  ///< how many are in force
  bool waiting_for_shards = false;  ///< a newer set is not in force yet
  bool is_replaying = false;        ///< gets its events from the log, not yet from the index
  bool is_ahead = false;            ///< has seen what comes here later (`Ahead`)
};

}  // namespace rig::subscriptions
