#pragma once

#include <rig/access/identity.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/sessions/sessions.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

class NamedConnection;
class TransportShard;

/// Why a client is sent away that had a right to be here.
enum class EndOfIdentity : std::uint8_t {
  kSessionKilled,
  kTokenExpired,
};
/// The event that tells it: "rig.session_killed".
[[nodiscard]] std::string_view event_type_of(EndOfIdentity end) noexcept;

/// Who the client of a connection is: keeps the connection in its sessions, and watches over the
/// end of its token. Only connections that have shown a token have one.
class ClientIdentity final : public sessions::Member {
 public:
  /// What it needs of the connection, on whose shard everything happens.
  class Holder {
   public:
    virtual void tell(std::string_view type, std::string_view data) = 0;
    /// Tells the client why, and ends the connection.
    virtual void end_by(EndOfIdentity end) noexcept = 0;

   protected:
    ~Holder() = default;
  };

  ClientIdentity(TransportShard& shard, Holder& holder, const NamedConnection& connection);
  ~ClientIdentity();

  /// From now on it is in these sessions too, whatever else it asks for comes to: a client that has
  /// shown a token of a session goes when that is cut off. False if one of them was ended, or if
  /// there are too many.
  [[nodiscard]] bool join(const access::Identity& identity);

  /// What the newest token allows holds at once, or, while the client is still getting what it
  /// asked for before, from `settle` on; until then the connection does not outlive its earlier
  /// token.
  enum class From : std::uint8_t { kNow, kSettled };

  /// The newest token decides how long the connection may stay; sessions only become more. False if
  /// one of them was ended, or if there are too many: who it is stays as it was. Never ends the
  /// connection.
  [[nodiscard]] bool adopt(access::IdentityRef identity, From from);
  /// The client gets only what its newest token allows.
  void settle() noexcept;
  /// The connection ends: nothing is heard of it any more.
  void leave() noexcept;
  [[nodiscard]] const access::Identity* get() const noexcept { return identity_.get(); }

  void session_killed(std::string_view session) noexcept override;
  [[nodiscard]] sessions::Description describe() const override;

 private:
  struct Expiry : TimerWheel::Timer {
    explicit Expiry(ClientIdentity& of);
    ClientIdentity& client;
  };

  using Time = std::chrono::system_clock::time_point;

  [[nodiscard]] std::optional<Time> ends_at() const noexcept;
  void watch_expiry_anew() noexcept;
  void watch_expiry() noexcept;
  void warn(std::chrono::seconds left);

  TransportShard& shard_;
  Holder& holder_;
  const NamedConnection& connection_;
  access::IdentityRef identity_;
  std::optional<Time> settles_before_;  // when an earlier token ends that still allows something
  Expiry expiry_{*this};
  std::chrono::system_clock::time_point warn_at_;
  bool is_warned_ = false;
};

}  // namespace rig::transport
