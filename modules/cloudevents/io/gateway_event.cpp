#include "logic/gateway_event.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/cloudevents/stamp.hpp>

#include <random>
#include <utility>

namespace rig::cloudevents {

std::string random_uuid() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return format_uuid({generator(), generator()});
}

EventRef make_gateway_event(std::string_view type, std::string_view data_json) {
  Event::Parts parts;
  parts.version = SpecVersion::k02;
  parts.type = type;
  parts.source = "rig";
  parts.id = random_uuid();
  parts.json = gateway_event_json(type, data_json, parts.id, std::chrono::system_clock::now());
  return std::make_shared<const Event>(std::move(parts));
}

}  // namespace rig::cloudevents
