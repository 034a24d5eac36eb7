// Any two values of Authorization: no crash, each token is a part of one of them, and what another
// service is sent is all of them.

#include "logic/bearer.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(all.find('\n'), size);
  rig::access::Credentials credentials;
  credentials.authorization.emplace_back(all.substr(0, end));
  credentials.authorization.emplace_back(all.substr(std::min(end + 1, size)));
  for (const auto& token : bearer_tokens(credentials)) {
    RIG_ASSERT(!token.empty() && token.find(',') == std::string::npos);
    RIG_ASSERT(std::ranges::any_of(credentials.authorization, [&](const std::string& value) {
      return value.find(token) != std::string::npos;
    }));
  }
  RIG_ASSERT(joined_authorization(credentials).size() <= size + 2);
  return 0;
}
