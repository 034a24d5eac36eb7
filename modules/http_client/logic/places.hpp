#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace rig::http_client {

/// Who may use a connection to one server, and who comes next: first come, first served.
class Places {
 public:
  /// A base of what waits. Leaves by `leave` or `give_up` before it ends.
  struct Visitor {
    bool has_place = false;
  };
  enum class Entry : std::uint8_t { kIn, kWaits, kFull };

  Places(std::size_t places_max, std::size_t waiting_max)
      : places_max_(places_max), waiting_max_(waiting_max) {}

  Entry enter(Visitor& visitor);
  /// Frees the place of `visitor`. Returns who got it and is to be told, or null.
  Visitor* leave(Visitor& visitor);
  /// Takes `visitor` out of those who wait.
  void give_up(Visitor& visitor);

  [[nodiscard]] bool is_empty() const noexcept { return taken_ == 0 && waiting_.empty(); }

 private:
  std::size_t places_max_;
  std::size_t waiting_max_;
  std::size_t taken_ = 0;
  std::deque<Visitor*> waiting_;
};

}  // namespace rig::http_client
