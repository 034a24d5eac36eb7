// Any request target: no crash, and what is found is the decoded value.

#include <rig/core/assert.hpp>
#include <rig/transport/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rig::transport::HttpRequest request;
  request.target.assign(reinterpret_cast<const char*>(data), size);
  RIG_ASSERT(request.path().size() + request.query().size() <= size);
  const auto value = rig::transport::query_parameter(request.query(), "subscriptions");
  RIG_ASSERT(!value || value->size() <= size);
  return 0;
}
