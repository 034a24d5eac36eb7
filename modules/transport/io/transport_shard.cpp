#include "io/transport_shard.hpp"

#include "io/http_session.hpp"
#include "io/listener.hpp"
#include "io/long_poll_session.hpp"
#include "io/stream_connection.hpp"
#include "logic/response_writer.hpp"
#include "logic/sse_encoder.hpp"
#include "logic/ws_encoder.hpp"
#include "logic/ws_frame.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <random>

namespace rig::transport {

TransportShard::TransportShard(TransportContext& context, ShardId shard)
    : context_(context),
      executor_(context.shards.executor(shard)),
      writes_(executor_, context.shards.wheel(), context.metrics, context.config.slow),
      names_(context.node.id(), shard),
      sse_heartbeat_(encode_sse_comment("heartbeat")),
      ws_heartbeat_(new Chunk(ws_ping())),
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

void TransportShard::add(HttpSession& session) {
  sessions_.push_back(session);
  ++requests_;
}

void TransportShard::remove(HttpSession& session) {
  sessions_.erase(sessions_.iterator_to(session));
  if (--requests_ == 0) quiet_.cancel();
}

void TransportShard::add(std::unique_ptr<StreamConnection> stream) {
  streams_.push_back(*stream.release());
}

void TransportShard::erase(StreamConnection& stream) {
  streams_.erase_and_dispose(streams_.iterator_to(stream), std::default_delete<StreamConnection>());
}

void TransportShard::add(std::shared_ptr<LongPollSession> session) {
  const auto* key = session.get();
  long_polls_.emplace(key, std::move(session));
}

void TransportShard::erase(LongPollSession& session) { long_polls_.erase(&session); }

std::shared_ptr<LongPollSession> TransportShard::find_long_poll(
    const ConnectionToken& token) const {
  const NamedConnection* named = names_.find(token);
  if (named == nullptr || named->transport_name() != LongPollSession::kName) return nullptr;
  const auto found = long_polls_.find(static_cast<const LongPollSession*>(named));
  return found == long_polls_.end() ? nullptr : found->second;
}

const ChunkRef& TransportShard::chunk(const cloudevents::EventRef& event, WireForm form) {
  // An event goes to all its receivers before the next one comes, so remembering one is enough.
  if (encoded_event_ != event) {
    encoded_event_ = event;
    for (auto& chunk : encoded_) chunk.reset();
  }
  ChunkRef& chunk = encoded_[static_cast<std::size_t>(form)];
  if (!chunk) chunk = replays_ == 0 ? encode(event, form) : encode_once(event, form);
  return chunk;
}

void TransportShard::begin_replay() {
  if (replays_++ == 0) replayed_.resize(kReplayedEvents * kWireForms);
}

void TransportShard::end_replay() {
  if (--replays_ == 0) std::vector<ChunkRef>().swap(replayed_);
}

ChunkRef TransportShard::encode_once(const cloudevents::EventRef& event, WireForm form) {
  if (event->json().size() > kReplayedBytesMax) return encode(event, form);
  const std::size_t at = event->log_position() % kReplayedEvents;
  ChunkRef& chunk = replayed_[at * kWireForms + static_cast<std::size_t>(form)];
  if (!chunk || chunk->event() != event) chunk = encode(event, form);
  return chunk;
}

ChunkRef TransportShard::encode(const cloudevents::EventRef& event, WireForm form) {
  const auto cursor = subscriptions().cursor_of(*event).text();
  switch (form) {
    case WireForm::kSse: return encode_sse(event, cursor);
    case WireForm::kWs: return encode_ws(event, {});
    case WireForm::kWsWithCursor: return encode_ws(event, cursor);
    case WireForm::kWsDeflated:
    case WireForm::kWsDeflatedWithCursor: break;
  }
  if (!deflater_) deflater_.emplace();
  const bool has_cursor = form == WireForm::kWsDeflatedWithCursor;
  return encode_ws_deflated(event, has_cursor ? cursor : std::string_view(), *deflater_);
}

std::chrono::milliseconds TransportShard::retry() {
  const auto base = config().retry;
  request_ids_ += 0x9e3779b97f4a7c15ULL;
  return base + base * static_cast<int>(request_ids_ >> 48 & 0x3ff) / 2048;
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
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id = "rig-";
  for (int shift = 60; shift >= 0; shift -= 4) id += kHex[request_ids_ >> shift & 15];
  return id;
}

void TransportShard::release() {
  if (--connections_ == 0) quiet_.cancel();
}

Task<> TransportShard::begin_drain(Ref<TransportShard> self) {
  self->accepting_.cancel();
  co_await self->accepting_.join();
  for (auto& session : self->sessions_) session.close_if_idle();
  for (const auto& [key, session] : self->long_polls_) session->wake();
}

Task<> TransportShard::end_long_polls(Ref<TransportShard> self) {
  while (!self->long_polls_.empty()) self->long_polls_.begin()->second->close();
  co_return;
}

Task<> TransportShard::requests_done(Ref<TransportShard> self, Deadline deadline) {
  self->quiet_.expires_at(deadline.at);
  while (self->requests_ > 0 && !deadline.passed()) co_await self->quiet_.async_wait(kUseTaskTuple);
}

Task<> TransportShard::say_goodbye(Ref<TransportShard> self, Deadline deadline) {
  constexpr std::chrono::milliseconds kStep{20};
  const auto steps = static_cast<std::size_t>(self->config().drain_spread / kStep) + 1;
  const std::size_t per_step = self->streams_.size() / steps + 1;
  Timer pause(self->executor_);
  while (!self->streams_.empty() && !deadline.passed()) {
    std::size_t told = 0;
    while (told < per_step && self->send_one_away()) ++told;
    if (told == 0) break;
    pause.expires_after(kStep);
    co_await pause.async_wait(kUseTaskTuple);
  }
  self->quiet_.expires_at(deadline.at);
  while (self->connections_ > 0 && !deadline.passed())
    co_await self->quiet_.async_wait(kUseTaskTuple);
}

/// False if there is nobody left who stays. Whoever goes is put at the end of the list.
bool TransportShard::send_one_away() {
  const auto stays = [](const StreamConnection& stream) { return !stream.is_leaving(); };
  const auto found = std::ranges::find_if(streams_, stays);
  if (found == streams_.end()) return false;
  StreamConnection& stream = *found;
  streams_.splice(streams_.end(), streams_, streams_.begin(), std::next(found));
  stream.finish();
  return true;
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
