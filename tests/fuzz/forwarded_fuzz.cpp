// Any value of X-Forwarded-For or Forwarded: no crash, and what a client wrote there does not
// change what the trusted proxy adds behind it.

#include "logic/forwarded.hpp"

#include <rig/core/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using rig::transport::Address;
using rig::transport::Headers;
using rig::transport::TrustedProxies;

struct Fixture {
  Address proxy = Address::parse("10.0.0.1").value();
  Address client = Address::parse("203.0.113.9").value();
  TrustedProxies proxies{{rig::transport::AddressRange::parse("10.0.0.0/8").value()},
                         TrustedProxies::Header::kXForwardedFor};

  [[nodiscard]] Address found(std::string_view name, std::string_view value,
                              std::string_view own_line = {}) const {
    Headers headers;
    headers.add(name, value);
    if (!own_line.empty()) headers.add(name, own_line);
    return client_address(proxy, headers, proxies);
  }

  void check(std::string_view name, const std::string& value, const std::string& added) const {
    (void)found(name, value);
    RIG_ASSERT(found(name, value + ", " + added) == client);
    RIG_ASSERT(found(name, value, added) == client);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture fixture;
  const std::string value(reinterpret_cast<const char*>(data), size);
  fixture.proxies.header = TrustedProxies::Header::kXForwardedFor;
  fixture.check("x-forwarded-for", value, "203.0.113.9");
  fixture.check("x-forwarded-for", value, "203.0.113.9:4711, 10.9.9.9");
  fixture.proxies.header = TrustedProxies::Header::kForwarded;
  fixture.check("forwarded", value, "for=203.0.113.9");
  fixture.check("forwarded", value, R"(for="203.0.113.9:4711";host="a, \"b\\";proto=http)");
  (void)rig::transport::AddressRange::parse(value);
  return 0;
}
