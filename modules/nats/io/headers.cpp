#include "io/headers.hpp"

#include <cstdlib>
#include <memory>

namespace rig::nats {
namespace {

struct Free {
  void operator()(const char** list) const noexcept {
    std::free(
        static_cast<void*>(list));  // NOLINT(bugprone-multi-level-implicit-pointer-conversion)
  }
};
using TextList = std::unique_ptr<const char*[], Free>;

}  // namespace

Headers headers_of(natsMsg* message) {
  Headers headers;
  const char** keys = nullptr;
  int key_count = 0;
  if (natsMsgHeader_Keys(message, &keys, &key_count) != NATS_OK) return headers;
  const TextList owned_keys(keys);
  for (int i = 0; i < key_count; ++i) {
    const char** values = nullptr;
    int value_count = 0;
    if (natsMsgHeader_Values(message, keys[i], &values, &value_count) != NATS_OK) continue;
    const TextList owned_values(values);
    for (int k = 0; k < value_count; ++k) headers.emplace_back(keys[i], values[k]);
  }
  return headers;
}

}  // namespace rig::nats
