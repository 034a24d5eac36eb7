#include "logic/gateway_event.hpp"

#include "logic/quote.hpp"
#include "logic/timestamp.hpp"

#include <cstddef>

namespace rig::cloudevents {

std::string format_uuid(std::array<std::uint64_t, 2> random_bits) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::uint64_t kVersion = 0x4000U;
  constexpr std::uint64_t kVariant = 0x8000'0000'0000'0000U;
  const std::array<std::uint64_t, 2> bits{(random_bits[0] & ~0xF000ULL) | kVersion,
                                          (random_bits[1] & (kVariant / 2 - 1)) | kVariant};
  std::string uuid;
  uuid.reserve(36);
  for (std::size_t digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) uuid += '-';
    uuid += kHex[(bits[digit / 16] >> (60 - 4 * (digit % 16))) & 15U];
  }
  return uuid;
}

std::string gateway_event_json(std::string_view type, std::string_view data_json,
                               std::string_view id, std::chrono::system_clock::time_point time) {
  std::string json = "{";
  json.reserve(data_json.size() + 192);
  if (!data_json.empty()) {
    json += R"("data":)";
    json += data_json;
    json += ',';
  }
  json += R"("id":)";
  append_quoted(json, id);
  json += R"(,"source":"rig","specversion":"0.2","time":")";
  json += format_rfc3339(time);
  json += R"(","type":)";
  append_quoted(json, type);
  json += '}';
  return json;
}

}  // namespace rig::cloudevents
