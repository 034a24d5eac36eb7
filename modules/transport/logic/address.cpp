#include "logic/address.hpp"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace rig::transport {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kV4PrefixBits = 96;
constexpr unsigned kAddressBits = 128;

std::uint64_t mix(std::uint64_t value) noexcept {  // the finaliser of SplitMix64
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

Address Address::of_v4(const std::array<std::uint8_t, 4>& bytes) {
  Address address;
  std::copy(bytes.begin(), bytes.end(),
            std::copy(kV4Prefix.begin(), kV4Prefix.end(), address.bytes_.begin()));
  return address;
}

std::optional<Address> Address::parse(std::string_view text) {
  if (const auto v4 = boost::urls::parse_ipv4_address(text)) return of_v4(v4->to_bytes());
  if (const auto v6 = boost::urls::parse_ipv6_address(text)) return Address(v6->to_bytes());
  return std::nullopt;
}

std::string Address::text() const {
  if (!is_v4()) return boost::urls::ipv6_address(bytes_).to_string();
  return boost::urls::ipv4_address({bytes_[12], bytes_[13], bytes_[14], bytes_[15]}).to_string();
}

bool Address::is_v4() const noexcept {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes_.begin());
}

Address Address::counted() const noexcept {
  if (is_v4()) return *this;
  Address network;
  std::copy_n(bytes_.begin(), 8, network.bytes_.begin());
  return network;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = Address::parse(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) return AddressRange(*first, kAddressBits);
  const auto digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  const bool is_v4_text = text.find(':') == std::string_view::npos;
  if (bits > (is_v4_text ? kAddressBits - kV4PrefixBits : kAddressBits)) return std::nullopt;
  return AddressRange(*first, is_v4_text ? bits + kV4PrefixBits : bits);
}

bool AddressRange::contains(const Address& address) const noexcept {
  const auto& mine = first_.bytes();
  const auto& other = address.bytes();
  const unsigned whole = bits_ / 8;
  if (!std::equal(mine.begin(), mine.begin() + whole, other.begin())) return false;
  const unsigned rest = bits_ % 8;
  return rest == 0 || (mine[whole] ^ other[whole]) >> (8 - rest) == 0;
}

std::size_t AddressHash::operator()(const Address& address) const noexcept {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), address.bytes().data(), sizeof halves);
  return mix(mix(seed_ ^ halves[0]) ^ halves[1]);
}

}  // namespace rig::transport
