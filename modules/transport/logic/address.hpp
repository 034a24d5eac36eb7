#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

/// The address of a client or a proxy. An IPv4 address is kept in its IPv6 form (RFC 4291,
/// 2.5.5.2), so both forms of it are equal.
class Address {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  constexpr Address() = default;  ///< `::`, which no client has
  explicit Address(const Bytes& bytes) : bytes_(bytes) {}
  static Address of_v4(const std::array<std::uint8_t, 4>& bytes);
  /// Of "192.0.2.1" or "2001:db8::1"; nothing of anything else, as names, ports or zones.
  static std::optional<Address> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const noexcept;
  [[nodiscard]] std::string text() const;  ///< "192.0.2.1", "2001:db8::1"
  /// What counts as one client: an IPv4 address, or the first 64 bits of an IPv6 address, as
  /// whoever has one of these has the others of its network too.
  [[nodiscard]] Address counted() const noexcept;
  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }

  friend bool operator==(const Address&, const Address&) = default;

 private:
  Bytes bytes_{};
};

/// An address or a range of them, as "10.0.0.0/8" (RFC 4632) or "2001:db8::/32". `::/0` is all
/// addresses, those of IPv4 included.
class AddressRange {
 public:
  static std::optional<AddressRange> parse(std::string_view text);

  [[nodiscard]] bool contains(const Address& address) const noexcept;

 private:
  AddressRange(const Address& first, unsigned bits) : first_(first), bits_(bits) {}

  Address first_;
  unsigned bits_;  // that all addresses of the range have in common
};

/// Spreads addresses over tables and shards. With a seed that clients do not know, they cannot
/// choose addresses that meet.
class AddressHash {
 public:
  explicit AddressHash(std::uint64_t seed) : seed_(seed) {}
  [[nodiscard]] std::size_t operator()(const Address& address) const noexcept;

 private:
  std::uint64_t seed_;
};

}  // namespace rig::transport
