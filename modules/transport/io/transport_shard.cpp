#include "io/transport_shard.hpp"

#include "io/http_session.hpp"
#include "io/listener.hpp"
#include "io/sse_connection.hpp"
#include "logic/response_writer.hpp"
#include "logic/sse_encoder.hpp"

#include <array>
#include <cstdio>
#include <random>

namespace rig::transport {

TransportShard::TransportShard(TransportContext& context, ShardId shard)
    : context_(context),
      executor_(context.shards.executor(shard)),
      writes_(executor_, context.metrics,
              static_cast<std::size_t>(context.config.outbox_bytes_max)),
      heartbeat_(encode_sse_comment("heartbeat")),
      last_chunk_(encode_last_chunk()),
      request_ids_(std::random_device{}()),
      quiet_(executor_, std::chrono::steady_clock::time_point::max()),
      accepting_(executor_, "transport.accept"),
      tasks_(executor_, "transport.requests") {
  request_ids_ = (request_ids_ << 32) | std::random_device{}();
}

TransportShard::~TransportShard() = default;

void TransportShard::listen(int listener, Door door) {
  accepting_.spawn(accept_connections(Ref(*this), listener, door));
}

void TransportShard::start_session(Socket socket, Door door) {
  tasks_.spawn(serve_http(Ref(*this), std::move(socket), door));
}

void TransportShard::add(HttpSession& session) { sessions_.push_back(session); }

void TransportShard::add(std::unique_ptr<SseConnection> stream) {
  streams_.push_back(*stream.release());
}

void TransportShard::erase(SseConnection& stream) {
  streams_.erase_and_dispose(streams_.iterator_to(stream), std::default_delete<SseConnection>());
}

const ChunkRef& TransportShard::sse_chunk(const cloudevents::EventRef& event) {
  // An event goes to all its receivers before the next one comes, so remembering one is enough.
  if (encoded_event_ != event) {
    encoded_event_ = event;
    encoded_chunk_ = encode_sse(*event);
  }
  return encoded_chunk_;
}

std::string_view TransportShard::date() {
  const auto now = std::chrono::system_clock::now();
  if (now - date_at_ >= std::chrono::seconds(1) || now < date_at_) {
    date_ = http_date(now);
    date_at_ = now;
  }
  return date_;
}

std::string TransportShard::next_request_id() {
  // Unique, not secret: a random start, stepped through all 64-bit values by an odd constant.
  request_ids_ += 0x9e3779b97f4a7c15ULL;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "rig-%016llx",
                static_cast<unsigned long long>(request_ids_));
  return text.data();
}

void TransportShard::release() {
  if (--connections_ == 0) quiet_.cancel();
}

void TransportShard::finish_streams() {
  for (auto stream = streams_.begin(); stream != streams_.end();) (stream++)->finish(last_chunk_);
}

Task<> TransportShard::begin_drain(Ref<TransportShard> self) {
  self->accepting_.cancel();
  co_await self->accepting_.join();
  for (auto& session : self->sessions_) session.close_if_idle();
  self->finish_streams();
}

Task<> TransportShard::drained(Ref<TransportShard> self, Deadline deadline) {
  self->quiet_.expires_at(deadline.at);
  while (self->connections_ > 0 && !deadline.passed())
    co_await self->quiet_.async_wait(kUseTaskTuple);
}

Task<> TransportShard::stop(Ref<TransportShard> self) {
  self->accepting_.cancel();
  for (auto& session : self->sessions_) session.close();
  self->tasks_.cancel();
  for (auto stream = self->streams_.begin(); stream != self->streams_.end();) (stream++)->close();
  co_await self->accepting_.join();
  co_await self->tasks_.join();
  self->quiet_.expires_at(std::chrono::steady_clock::time_point::max());
  while (self->connections_ > 0) co_await self->quiet_.async_wait(kUseTaskTuple);
  self->encoded_event_.reset();
}

}  // namespace rig::transport
