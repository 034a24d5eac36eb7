// What it costs to make the bytes of one delivery, once per shard and event; and to read a publish
// request. Not measured: sockets.

#include "logic/request_reader.hpp"
#include "logic/sse_encoder.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace rig::transport {
namespace {

void EncodeSse(benchmark::State& state) {
  cloudevents::Event::Parts parts;
  parts.type = "com.example.order.changed";
  parts.json =
      R"({"specversion":"1.0","type":"com.example.order.changed","source":"/orders","id":"1","data":")" +
      std::string(static_cast<std::size_t>(state.range(0)), 'x') + "\"}";
  const auto event = std::make_shared<const cloudevents::Event>(std::move(parts));
  for (auto _ : state) benchmark::DoNotOptimize(encode_sse(event, "1xkqz3-4fzzz9-t6a0b1"));
}
BENCHMARK(EncodeSse)->Arg(160)->Arg(4096);

void ReadPublishRequest(benchmark::State& state) {
  const std::string body(256, 'x');
  const std::string request =
      "POST /v3/messages HTTP/1.1\r\nHost: 127.0.0.1:4010\r\nContent-Type: "
      "application/cloudevents+json\r\n"
      "Content-Length: 256\r\n\r\n" +
      body;
  RequestReader reader(RequestLimits{});
  for (auto _ : state) {
    if (reader.feed(request).state != RequestReader::State::kComplete)
      state.SkipWithError("not a request");
    benchmark::DoNotOptimize(reader.take());
  }
}
BENCHMARK(ReadPublishRequest);

}  // namespace
}  // namespace rig::transport
