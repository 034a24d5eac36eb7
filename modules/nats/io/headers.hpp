#pragma once

#include <nats/nats.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::nats {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The headers of a message with their values in order; those of one name stand together.
[[nodiscard]] Headers headers_of(natsMsg* message);

[[nodiscard]] inline std::string_view data_of(const natsMsg* message) {
  const int size = natsMsg_GetDataLength(message);
  return size <= 0 ? std::string_view()
                   : std::string_view(natsMsg_GetData(message), static_cast<std::size_t>(size));
}

}  // namespace rig::nats
