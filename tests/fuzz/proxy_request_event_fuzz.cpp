// Any body of a request for a broker: what is published is JSON with every member of the client's,
// each with its value, and with the gateway's `rig`.

#include "logic/request_event.hpp"

#include <rig/core/assert.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

namespace json = boost::json;
using namespace rig::proxy;

json::value parse(std::string_view text, json::error_code& error) {
  json::parse_options options;
  options.max_depth = 64;
  return json::parse(text, error, {}, options);
}

void check(std::string_view body, const RequestEvent& event) {
  json::error_code error;
  auto before = parse(body, error).as_object();
  RIG_ASSERT(!error);
  auto after = parse(event.text, error).as_object();
  RIG_ASSERT(!error);
  RIG_ASSERT(after.at("rig").at("correlation").as_string() == "abc");
  RIG_ASSERT(after.at("traceparent").as_string() == "00-1-2-01" && !after.contains("tracestate"));
  for (auto* const object : {&before, &after}) {
    for (const auto* name : {"rig", "traceparent", "tracestate"}) object->stable_erase(name);
  }
  // Boost.JSON reads 0E999 as what is no number, and so is not equal to itself.
  RIG_ASSERT(json::serialize(before) == json::serialize(after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  RequestFacts facts{.correlation = "abc",
                     .remote_ip = "::1",
                     .scheme = "http",
                     .host = body,
                     .method = "POST",
                     .path = body,
                     .query = body,
                     .headers = {},
                     .traceparent = "00-1-2-01"};
  const auto event = make_request_event(body, facts);
  if (event) {
    check(body, *event);
    return 0;
  }
  json::error_code error;
  (void)parse(body, error);
  RIG_ASSERT(error.failed() == (event.error().kind == BadEvent::Kind::kNotJson));
  return 0;
}
