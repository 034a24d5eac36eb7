// What does it cost to make an event of the bytes of a request, all checks included? Structured
// mode with and without fields to extract, and binary mode. Not measured: reading the request.

#include <rig/cloudevents/codec.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace rig::cloudevents {
namespace {

constexpr std::string_view kOrder =
    R"({"specversion":"1.0","type":"com.example.order.changed","source":"/shop/orders",)"
    R"("id":"8f14e45f-ceea-467f-a8f5-8d1a0e6f3b11","time":"2026-01-02T03:04:05.678901Z",)"
    R"("datacontenttype":"application/json","data":{"region":"EU","vip":true,"owner":"alice",)"
    R"("total":99.5,"items":[{"sku":"A-17","count":2},{"sku":"B-9","count":1}]}})";

class Plans final : public FieldPlans {
 public:
  Plans(std::initializer_list<std::string_view> pointers) {
    for (const std::string_view pointer : pointers) {
      plan_.fields.push_back(*JsonPointer::parse(pointer));
    }
  }
  [[nodiscard]] const FieldPlan* plan_for(std::string_view) const noexcept override {
    return plan_.fields.empty() ? nullptr : &plan_;
  }

 private:
  FieldPlan plan_;
};

void decode_order(benchmark::State& state, const Plans& plans) {
  for (auto _ : state) {
    auto event = decode_structured(std::string(kOrder), plans);
    if (!event) state.SkipWithError(event.error().message.c_str());
    benchmark::DoNotOptimize(event);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kOrder.size()));
}

void decode_structured_alone(benchmark::State& state) { decode_order(state, Plans({})); }
BENCHMARK(decode_structured_alone);

void decode_structured_with_fields(benchmark::State& state) {
  decode_order(state, Plans({"/data/region", "/data/owner", "/data/total"}));
}
BENCHMARK(decode_structured_with_fields);

void decode_message(benchmark::State& state, std::span<const Header> headers,
                    std::string_view body) {
  const Plans plans({});
  for (auto _ : state) {
    auto delivery = decode_http({.headers = headers, .body = std::string(body)}, plans);
    if (!delivery) state.SkipWithError(delivery.error().message.c_str());
    benchmark::DoNotOptimize(delivery);
  }
}

void decode_http_structured(benchmark::State& state) {
  static constexpr std::array<Header, 4> kHeaders{{{"host", "localhost"},
                                                   {"user-agent", "bench"},
                                                   {"content-type", "application/cloudevents+json"},
                                                   {"content-length", "315"}}};
  decode_message(state, kHeaders, kOrder);
}
BENCHMARK(decode_http_structured);

void decode_http_binary(benchmark::State& state) {
  static constexpr std::array<Header, 9> kHeaders{
      {{"host", "localhost"},
       {"user-agent", "bench"},
       {"ce-specversion", "1.0"},
       {"ce-type", "com.example.order.changed"},
       {"ce-source", "/shop/orders"},
       {"ce-id", "8f14e45f-ceea-467f-a8f5-8d1a0e6f3b11"},
       {"ce-time", "2026-01-02T03:04:05.678901Z"},
       {"content-type", "application/json"},
       {"content-length", "118"}}};
  decode_message(state, kHeaders,
                 R"({"region":"EU","vip":true,"owner":"alice","total":99.5,)"
                 R"("items":[{"sku":"A-17","count":2},{"sku":"B-9","count":1}]})");
}
BENCHMARK(decode_http_binary);

}  // namespace
}  // namespace rig::cloudevents
