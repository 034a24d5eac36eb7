// What it costs to make the bytes of one delivery, once per shard and event; to put them into the
// queue of a slow client and take them out again; and to read a publish request. Not measured:
// sockets.

#include "logic/outbox.hpp"
#include "logic/request_reader.hpp"
#include "logic/sse_encoder.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

/// Per event: so many wait already, and what the socket takes at a time is as in `WriteQueue`.
void Enqueue(benchmark::State& state) {
  constexpr std::size_t kPiecesMax = 64;
  const ChunkRef chunk(new Chunk(std::string(300, 'x')));
  Outbox outbox(true);
  std::vector<std::string_view> pieces;
  std::size_t done = 0;
  const auto fill = [&] { outbox.push(chunk, 0); };
  for (std::int64_t i = 0; i < state.range(0); ++i) fill();
  for (auto _ : state) {
    fill();
    pieces.clear();
    outbox.peek(pieces, kPiecesMax);
    benchmark::DoNotOptimize(pieces.data());
    outbox.consume(chunk->size(true), [&](Chunk&) { ++done; });
  }
  benchmark::DoNotOptimize(done);
}
BENCHMARK(Enqueue)->Arg(0)->Arg(1000);

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
