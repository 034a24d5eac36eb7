#include "io/connection_pool.hpp"

#include "io/dial.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace rig::http_client {

using Reason = Failure::Reason;

/// A call's stay at its server: it waits there, has a place, and leaves when the coroutine ends,
/// in whichever way.
class ConnectionPool::Stay {
 public:
  Stay(ConnectionPool& pool, Call& call, const Url& url)
      : pool_(pool),
        call_(call),
        server_(
            pool.servers_.try_emplace(Key(url.is_https, url.host, url.port), pool.limits_).first),
        entry_(server_->second.places.enter(call)) {
    pool_.calls_.insert(&call);
  }
  ~Stay() {
    if (call_.has_place) {
      leave();
    } else if (entry_ == Places::Entry::kWaits) {
      server_->second.places.give_up(call_);
    }
    pool_.forget_if_unused(server_);
    pool_.remove(call_);
  }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;

  [[nodiscard]] bool is_refused() const noexcept { return entry_ == Places::Entry::kFull; }
  [[nodiscard]] ServerRef server() const noexcept { return server_; }
  void keep_connection() noexcept { keeps_connection_ = true; }

 private:
  void leave() {
    const auto connection = std::exchange(call_.connection, nullptr);
    if (connection && keeps_connection_ && !pool_.is_stopped_) {
      pool_.keep(server_, connection);
    } else if (connection) {
      connection->close();
    }
    if (auto* next = server_->second.places.leave(call_)) static_cast<Call*>(next)->wake();
  }

  ConnectionPool& pool_;
  Call& call_;
  ServerRef server_;
  Places::Entry entry_;
  bool keeps_connection_ = false;
};

namespace {

Failure failure_of(Call::End end, const Url& url) {
  if (end == Call::End::kTimeout) return {Reason::kTimeout, url.server() + ": no answer in time"};
  return {Reason::kUnreachable, url.server() + ": the gateway stops"};
}

}  // namespace

ConnectionPool::ConnectionPool(Executor executor, Shards& shards, boost::asio::ssl::context& tls,
                               const PoolLimits& limits, metrics::Gauge& open_connections)
    : executor_(executor),
      shards_(shards),
      tls_(tls),
      limits_(limits),
      open_connections_(open_connections),
      all_ended_(executor, std::chrono::steady_clock::time_point::max()) {}

ConnectionPool::~ConnectionPool() { RIG_ASSERT(calls_.empty() && servers_.empty()); }

Task<Result> ConnectionPool::send(Ref<ConnectionPool> self, Url url, Message message,
                                  Options options) {
  if (self->is_stopped_) co_return failure_of(Call::End::kStop, url);
  Call call(self->executor_, self->shards_.wheel(), options.timeout);
  co_return co_await send_in_turn(self, Ref(call), Ref<const Url>(url), Ref<const Message>(message),
                                  options.body_bytes_max);
}

Task<Result> ConnectionPool::send_in_turn(Ref<ConnectionPool> self, Ref<Call> call,
                                          Ref<const Url> url, Ref<const Message> message,
                                          std::size_t body_bytes_max) {
  Stay stay(*self, *call, *url);
  if (stay.is_refused())
    co_return Failure{Reason::kBusy, url->server() + ": too many requests wait for it"};
  while (!call->has_place && call->ended() == Call::End::kNone) co_await Call::wait(call);
  if (call->ended() != Call::End::kNone) co_return failure_of(call->ended(), *url);

  self->use_idle(stay.server(), *call);
  const bool is_reused = call->connection != nullptr;
  auto exchanged = co_await attempt(self, call, url, message, body_bytes_max);
  if (is_reused && exchanged.is_untouched && call->ended() == Call::End::kNone) {
    // The server closed it while the request was on its way (RFC 9112 section 9.3.1).
    call->connection->close();
    call->connection = nullptr;
    exchanged = co_await attempt(self, call, url, message, body_bytes_max);
  }
  if (exchanged.result.has_error() && call->ended() != Call::End::kNone)
    co_return failure_of(call->ended(), *url);
  if (exchanged.can_stay && call->ended() == Call::End::kNone) stay.keep_connection();
  co_return std::move(exchanged.result);
}

Task<Exchanged> ConnectionPool::attempt(Ref<ConnectionPool> self, Ref<Call> call,
                                        Ref<const Url> url, Ref<const Message> message,
                                        std::size_t body_bytes_max) {
  if (call->connection == nullptr) {
    call->connection = std::make_shared<Connection>(self->executor_, self->open_connections_);
    auto failure = co_await dial(call, url, Ref(self->tls_));
    if (failure) co_return Exchanged{std::move(*failure), false, false};
  }
  co_return co_await exchange(call, url, message, body_bytes_max);
}

void ConnectionPool::use_idle(ServerRef server, Call& call) noexcept {
  auto& idle = server->second.idle;
  if (idle.empty()) return;
  call.connection = std::move(idle.back());
  idle.pop_back();
  call.connection->stop_watching();
}

void ConnectionPool::keep(ServerRef server, std::shared_ptr<Connection> connection) {
  server->second.idle.push_back(connection);
  auto on_gone = [this, server, gone = connection.get()] { drop_idle(server, *gone); };
  connection->watch(shards_.wheel(), limits_.idle_max, std::move(on_gone));
}

void ConnectionPool::drop_idle(ServerRef server, const Connection& connection) noexcept {
  auto& idle = server->second.idle;
  const auto at = std::ranges::find(idle, &connection, &std::shared_ptr<Connection>::get);
  RIG_ASSERT(at != idle.end());
  const auto dropped = std::move(*at);
  idle.erase(at);
  dropped->close();
  forget_if_unused(server);
}

void ConnectionPool::forget_if_unused(ServerRef server) noexcept {
  if (server->second.idle.empty() && server->second.places.is_empty()) servers_.erase(server);
}

void ConnectionPool::remove(Call& call) noexcept {
  calls_.erase(&call);
  if (calls_.empty()) all_ended_.cancel();
}

Task<> ConnectionPool::stop(Ref<ConnectionPool> self) {
  self->is_stopped_ = true;
  for (Call* call : self->calls_) call->end(Call::End::kStop);
  for (auto at = self->servers_.begin(); at != self->servers_.end();) {
    const auto server = at++;
    for (const auto& connection : server->second.idle) {
      connection->stop_watching();
      connection->close();
    }
    server->second.idle.clear();
    self->forget_if_unused(server);
  }
  while (!self->calls_.empty()) co_await self->all_ended_.async_wait(kUseTaskTuple);
}

}  // namespace rig::http_client
