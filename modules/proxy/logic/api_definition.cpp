#include <rig/proxy/api_definition.hpp>

namespace rig::proxy {

std::string_view name_of(Target target) noexcept {
  switch (target) {
    case Target::kHttp: return "http";
    case Target::kKafka: return "kafka";
    case Target::kKinesis: return "kinesis";
    case Target::kNats: return "nats";
  }
  return {};
}

std::string_view name_of(ResponseFrom response_from) noexcept {
  switch (response_from) {
    case ResponseFrom::kHttp: return "http";
    case ResponseFrom::kHttpAsync: return "http_async";
    case ResponseFrom::kKafka: return "kafka";
    case ResponseFrom::kNats: return "nats";
  }
  return {};
}

}  // namespace rig::proxy
