#pragma once

#include "logic/rate_key.hpp"

#include <rig/core/token_bucket.hpp>

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <unordered_map>

namespace rig::proxy {

/// How much of a limit each client has left. Of so many clients at most; whoever was not seen for
/// longest is forgotten for a new one, and may then send as if it had never been here. Lives on one
/// shard.
class RateTable {
 public:
  using Time = TokenBucket::Time;

  explicit RateTable(std::size_t clients_max) : clients_max_(clients_max) {}
  ~RateTable() { by_last_seen_.clear(); }
  RateTable(const RateTable&) = delete;
  RateTable& operator=(const RateTable&) = delete;

  struct Taken {
    TokenBucket::Wait wait{0};   ///< zero: the request may go on
    bool has_forgotten = false;  ///< a client that had something to wait for
  };
  /// Counts a request. The rate of a key is always the same.
  [[nodiscard]] Taken take(const RateKey& key, const TokenBucket::Rate& rate, Time now);

  [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }

 private:
  struct Client : boost::intrusive::list_base_hook<> {
    const RateKey* key = nullptr;
    TokenBucket bucket;
  };

  void forget(const Client& client);
  bool make_room(Time now);

  std::size_t clients_max_;
  std::unordered_map<RateKey, Client, RateKeyHash> clients_;
  boost::intrusive::list<Client> by_last_seen_;
};

}  // namespace rig::proxy
