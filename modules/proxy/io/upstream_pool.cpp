#include "io/upstream_pool.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <utility>

namespace rig::proxy {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

UpstreamPool::UpstreamPool(Executor executor, Shards& shards,
                           const http_client::TlsContexts& contexts, const HttpTargetConfig& config,
                           metrics::Gauge& open_connections)
    : executor_(executor),
      shards_(shards),
      contexts_(contexts),
      config_(config),
      open_connections_(open_connections),
      names_(executor, shards.wheel()),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratchBytes)),
      all_left_(executor) {}

UpstreamPool::~UpstreamPool() { RIG_ASSERT(places_.empty() && entries_.empty()); }

Task<> UpstreamPool::stop(Ref<UpstreamPool> self) {
  self->is_stopped_ = true;
  for (Place* place : self->places_) {
    if (place->connection_) place->connection_->close();
    if (place->state_ == Place::State::kWaits) {
      std::erase(place->entry_->second.waiting, place);
      place->state_ = Place::State::kRefused;
      place->wake_soon();
    }
  }
  for (auto at = self->entries_.begin(); at != self->entries_.end();) {
    const auto entry = at++;
    for (const auto& connection : entry->second.idle) {
      connection->stop_idling();
      connection->close();
      self->open_connections_.sub();
    }
    entry->second.idle.clear();
    self->forget_if_unused(entry);
  }
  while (!self->places_.empty()) co_await self->all_left_.wait();
}

void UpstreamPool::enter(Place& place, const Server& server) {
  place.entry_ = entries_.try_emplace(server).first;
  place.index_ = places_.size();
  places_.push_back(&place);
  Entry& entry = place.entry_->second;
  ++entry.places;
  if (is_stopped_) return;
  if (entry.taken < config_.connections_max) {
    ++entry.taken;
    place.state_ = Place::State::kIn;
  } else if (entry.waiting.size() < config_.waiting_max) {
    entry.waiting.push_back(&place);
    place.state_ = Place::State::kWaits;
  }
}

void UpstreamPool::leave(Place& place) noexcept {
  Entry& entry = place.entry_->second;
  if (place.connection_ && place.keeps_connection_ && !is_stopped_) {
    keep(place.entry_, std::move(place.connection_));
  } else {
    place.close_connection();
  }
  if (place.state_ == Place::State::kIn) {
    if (entry.waiting.empty()) {
      --entry.taken;
    } else {
      Place* next = entry.waiting.front();
      entry.waiting.pop_front();
      next->state_ = Place::State::kIn;
      next->wake_soon();
    }
  } else if (place.state_ == Place::State::kWaits) {
    std::erase(entry.waiting, &place);
  }
  --entry.places;
  forget_if_unused(place.entry_);
  places_[place.index_] = places_.back();
  places_[place.index_]->index_ = place.index_;
  places_.pop_back();
  if (is_stopped_ && places_.empty()) all_left_.wake_soon();
}

void UpstreamPool::keep(EntryRef entry, ConnectionPtr connection) {
  auto on_gone = [this, entry, gone = connection.get()] { drop_idle(entry, *gone); };
  if (connection->idle(config_.idle_max, std::move(on_gone))) {
    entry->second.idle.push_back(std::move(connection));
    return;
  }
  connection->close();
  open_connections_.sub();
}

void UpstreamPool::drop_idle(EntryRef entry, const UpstreamConnection& connection) noexcept {
  auto& idle = entry->second.idle;
  const auto at = std::ranges::find(idle, &connection, &ConnectionPtr::get);
  RIG_ASSERT(at != idle.end());
  const auto dropped = std::move(*at);
  idle.erase(at);
  dropped->close();
  open_connections_.sub();
  forget_if_unused(entry);
}

void UpstreamPool::forget_if_unused(EntryRef entry) noexcept {
  if (entry->second.places == 0 && entry->second.idle.empty()) entries_.erase(entry);
}

/// A file of authorities is read here, once per shard: a few milliseconds for the first connection.
UpstreamPool::Context UpstreamPool::context_of(const Server& server) {
  if (!server.is_tls) return TlsContext();
  if (const auto known = tls_.find(server.tls); known != tls_.end()) return known->second;
  auto made = contexts_.make({server.tls.ca_file, server.tls.is_verified});
  if (made) tls_.emplace(server.tls, *made);
  return made;
}

UpstreamPool::Place::Place(UpstreamPool& pool, const Server& server)
    : Timer([](Timer& timer) noexcept {
        auto& waiter = static_cast<Place&>(timer).waiter_;
        if (waiter) waiter->wake();
      }),
      pool_(pool) {
  pool_.enter(*this, server);
}

UpstreamPool::Place::~Place() { pool_.leave(*this); }

Task<> UpstreamPool::Place::wait(Ref<Place> self) {
  self->pool_.wheel().arm(*self, self->pool_.config_.waiting_time_max);
  if (!self->waiter_) self->waiter_.emplace(self->pool_.executor_);
  while (self->state_ == State::kWaits && self->armed()) co_await self->waiter_->wait();
  self->cancel();
  if (self->state_ != State::kWaits) co_return;
  std::erase(self->entry_->second.waiting, &*self);
  self->state_ = State::kRefused;
}

bool UpstreamPool::Place::take_idle(bool must_look) {
  auto& idle = entry_->second.idle;
  while (!idle.empty()) {
    connection_ = std::move(idle.back());
    idle.pop_back();
    connection_->stop_idling();
    if (!must_look || !connection_->is_stale()) return true;
    close_connection();
  }
  return false;
}

Task<std::optional<DialFailure>> UpstreamPool::Place::dial(Ref<Place> self, milliseconds at_most) {
  self->close_connection();
  UpstreamPool& pool = self->pool_;
  const Server& server = self->entry_->first;
  const auto context = pool.context_of(server);
  if (!context) co_return DialFailure{"TLS: " + context.error()};
  const auto begin = steady_clock::now();
  auto found = co_await Names::find(pool.names_, server.host, server.port, at_most);
  if (!found)
    co_return DialFailure{"name: " + found.error().message(),
                          found.error() == boost::asio::error::timed_out};
  const auto spent = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
  const auto left = std::max(at_most - spent, milliseconds(1));
  if (pool.is_stopped_) co_return DialFailure{"the gateway stops"};
  self->connection_ = std::make_shared<UpstreamConnection>(
      pool.executor_, pool.wheel(), std::span(pool.scratch_.get(), kScratchBytes));
  pool.open_connections_.add();
  co_return co_await UpstreamConnection::open(*self->connection_, *std::move(found),
                                              server.tls_name(), *context, left);
}

void UpstreamPool::Place::close_connection() noexcept {
  if (!connection_) return;
  std::exchange(connection_, nullptr)->close();
  pool_.open_connections_.sub();
}

}  // namespace rig::proxy
