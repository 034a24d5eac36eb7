#pragma once

#include "config.hpp"
#include "io/bucket_reader.hpp"
#include "io/bucket_stream.hpp"
#include "io/connection.hpp"
#include "logic/pace.hpp"

#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/bucket.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace rig::nats {

/// A bucket on a connection and a thread of its own, which asks the servers; another thread reads
/// (`BucketReader`). Whenever the connection is there again, and whenever a look at the stream,
/// every few seconds, finds that it was made anew or that nothing comes of what it has, reading
/// begins where it ended.
class KeptBucket final : public Bucket, private ConnectionUser {
 public:
  KeptBucket(ConnectionConfig config, const Buckets::Settings& settings, BucketUser& user,
             metrics::Registry& registry);
  ~KeptBucket() override { stop(); }
  KeptBucket(const KeptBucket&) = delete;
  KeptBucket& operator=(const KeptBucket&) = delete;

  void start() override;
  void stop() noexcept override;
  [[nodiscard]] bool is_current() const noexcept override {
    return is_current_.load() && connection_.is_connected();
  }
  void write(BucketEntry entry, std::function<void(BucketWrite)> done) override;
  void forget(std::string key, std::uint64_t revision) override;

 private:
  using Clock = std::chrono::steady_clock;

  natsStatus opened(OpenConnection connection) override;
  void reconnected() noexcept override;
  void closing() noexcept override;
  [[nodiscard]] bool can_be_broken_off() const noexcept override { return true; }

  // On the thread.
  template <class Work>
  void run(Work work);
  void begin();
  natsStatus follow();
  void look_later();
  void look();
  [[nodiscard]] bool is_behind();
  [[nodiscard]] BucketWrite write_now(const BucketEntry& entry, Clock::time_point deadline);
  void note_failure(std::string_view what, natsStatus status);

  BucketUser& user_;
  BucketStream stream_;
  const std::string_view purpose_;
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<Executor>> guard_;
  boost::asio::steady_timer timer_{context_};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> is_current_{false};
  std::atomic<std::uint64_t> revision_{0};  // that was told last
  // Of the thread alone.
  bool is_stopping_ = false;
  OpenConnection used_;
  std::int64_t created_ = 0;         // of the stream that `revision_` is of
  std::uint64_t seen_revision_ = 0;  // at the last look
  Pace pace_;
  std::unique_ptr<BucketReader> reader_;
  std::thread thread_;
  Connection connection_;
};

}  // namespace rig::nats
