#include "logic/rate_table.hpp"

namespace rig::proxy {
namespace {

/// With each new client, so that those who need not be remembered go faster than new ones come.
constexpr int kIdleForgotten = 2;

}  // namespace

void RateTable::forget(const Client& client) {
  const RateKey key = *client.key;
  by_last_seen_.erase(by_last_seen_.iterator_to(client));
  clients_.erase(key);
}

/// Behind a new client. True if another one was forgotten that still had something to wait for.
bool RateTable::make_room(Time now) {
  for (int i = 0; i < kIdleForgotten && clients_.size() > 1; ++i) {
    const Client& oldest = by_last_seen_.front();
    if (!oldest.bucket.is_full(now)) break;
    forget(oldest);
  }
  if (clients_.size() <= clients_max_) return false;
  forget(by_last_seen_.front());
  return true;
}

RateTable::Taken RateTable::take(const RateKey& key, const TokenBucket::Rate& rate, Time now) {
  const auto [place, is_new] = clients_.try_emplace(key);
  Client& client = place->second;
  client.key = &place->first;
  if (client.is_linked()) by_last_seen_.erase(by_last_seen_.iterator_to(client));
  by_last_seen_.push_back(client);
  Taken taken;
  if (is_new) taken.has_forgotten = make_room(now);
  taken.wait = client.bucket.take(rate, now);
  return taken;
}

}  // namespace rig::proxy
