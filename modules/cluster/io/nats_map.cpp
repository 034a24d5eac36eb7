#include "io/nats_map.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace rig::cluster {
namespace {

/// What the bucket calls when a write is done: goes on with who waits for it, on his shard.
template <class Handler>
std::function<void(nats::BucketWrite)> resume(Executor executor, Handler handler) {
  auto waiting = std::make_shared<Handler>(std::move(handler));
  return [executor, waiting = std::move(waiting)](nats::BucketWrite written) {
    boost::asio::post(executor, [waiting, written = std::move(written)]() mutable {
      (*waiting)(std::move(written));
    });
  };
}

}  // namespace

NatsMap::NatsMap(Ref<Shards> shards, nats::Buckets& buckets, nats::Buckets::Settings settings)
    : shards_(shards),
      news_(shards->executor(0)),
      here_(std::make_shared<Here>(&news_)),
      bucket_(buckets.open(std::move(settings), *this)) {}

Task<> NatsMap::stop() {
  here_->news = nullptr;
  co_await news_.stop();
}

Task<ReplicatedMap::Written> NatsMap::write(Entry entry) {
  if (is_closed_ || !is_current()) co_return Written{};
  auto begin = [this](auto handler, Entry to_write) {
    bucket_->write(std::move(to_write), resume(shards_->executor(0), std::move(handler)));
  };
  co_return co_await boost::asio::async_initiate<decltype(kUseTask), void(Written)>(
      std::move(begin), kUseTask, std::move(entry));
}

void NatsMap::forget(std::string key, std::uint64_t revision) {
  if (!is_closed_) bucket_->forget(std::move(key), revision);
}

template <class Tell>
void NatsMap::on_shard_0(Tell tell) noexcept {
  shards_->post(0, [here = here_, tell = std::move(tell)]() mutable {
    if (here->news != nullptr) tell(*here->news);
  });
}

void NatsMap::began() noexcept {
  on_shard_0([](MapNews& news) { news.began(); });
}

void NatsMap::changed(std::vector<Entry> entries, std::function<void()> taken) noexcept {
  on_shard_0([entries = std::move(entries), taken = std::move(taken)](MapNews& news) mutable {
    news.changed(std::move(entries), std::move(taken));
  });
}

void NatsMap::caught_up() noexcept {
  on_shard_0([](MapNews& news) { news.caught_up(); });
}

}  // namespace rig::cluster
