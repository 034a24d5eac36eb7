#pragma once

#include "config.hpp"
#include "io/call.hpp"
#include "io/connection.hpp"
#include "io/exchange.hpp"
#include "logic/places.hpp"
#include "logic/url.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/metrics/cells.hpp>

#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

namespace rig::http_client {

/// The requests and connections of one shard. A server is a scheme, a name and a port; it is known
/// while there is a request to it or a connection.
class ConnectionPool {
 public:
  ConnectionPool(Executor executor, Shards& shards, boost::asio::ssl::context& tls,
                 const PoolLimits& limits, metrics::Gauge& open_connections);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  static Task<Result> send(Ref<ConnectionPool> self, Url url, Message message, Options options);
  /// Ends all calls, and returns when they have; later ones fail at once.
  static Task<> stop(Ref<ConnectionPool> self);

  [[nodiscard]] std::size_t servers() const noexcept { return servers_.size(); }

 private:
  using Key = std::tuple<bool, std::string, std::string>;
  struct Server {
    explicit Server(const PoolLimits& limits)
        : places(limits.connections_max, limits.waiting_max) {}
    Places places;
    std::vector<std::shared_ptr<Connection>> idle;  // the last used one at the back
  };
  using ServerRef = std::map<Key, Server>::iterator;
  class Stay;

  static Task<Result> send_in_turn(Ref<ConnectionPool> self, Ref<Call> call, Ref<const Url> url,
                                   Ref<const Message> message, std::size_t body_bytes_max);
  static Task<Exchanged> attempt(Ref<ConnectionPool> self, Ref<Call> call, Ref<const Url> url,
                                 Ref<const Message> message, std::size_t body_bytes_max);
  void use_idle(ServerRef server, Call& call) noexcept;
  void keep(ServerRef server, std::shared_ptr<Connection> connection);
  void drop_idle(ServerRef server, const Connection& connection) noexcept;
  void forget_if_unused(ServerRef server) noexcept;
  void remove(Call& call) noexcept;

  Executor executor_;
  Shards& shards_;
  boost::asio::ssl::context& tls_;
  const PoolLimits& limits_;
  metrics::Gauge& open_connections_;
  std::map<Key, Server> servers_;
  std::unordered_set<Call*> calls_;
  bool is_stopped_ = false;
  Timer all_ended_;
};

}  // namespace rig::http_client
