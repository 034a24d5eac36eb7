#pragma once

namespace rig {

/// A reference that may cross a suspension: whoever makes one states that the object outlives the
/// task group that the coroutine runs in.
template <class T>
class Ref {
 public:
  explicit(false) Ref(T& target) noexcept : target_(&target) {}

  [[nodiscard]] T& get() const noexcept { return *target_; }
  T* operator->() const noexcept { return target_; }
  T& operator*() const noexcept { return *target_; }

 private:
  T* target_;
};

}  // namespace rig
