#include "io/kept_bucket.hpp"

#include <rig/core/log.hpp>

#include <boost/asio/post.hpp>

#include <semaphore>
#include <utility>

namespace rig::nats {
namespace {

using std::chrono::seconds;

constexpr std::size_t kWaitingMax = 1'000;  // writes
constexpr seconds kWriteTimeout{4};         // of which some may be spent in the queue
constexpr seconds kLookInterval{2};
constexpr seconds kFailureInterval{30};

}  // namespace

KeptBucket::KeptBucket(ConnectionConfig config, const Buckets::Settings& settings, BucketUser& user,
                       metrics::Registry& registry)
    : user_(user),
      stream_(settings.name, settings.replicas),
      purpose_(settings.purpose),
      pace_(kFailureInterval),
      connection_(std::move(config), purpose_, purpose_, *this, registry) {}

void KeptBucket::start() {
  guard_.emplace(context_.get_executor());
  look_later();
  thread_ = std::thread([this] { context_.run(); });
  connection_.start();
}

void KeptBucket::stop() noexcept {
  connection_.stop();
  boost::asio::post(context_, [this] {
    is_stopping_ = true;
    timer_.cancel();
  });
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

/// Does `work` on the thread and waits for it. On the connection's thread.
template <class Work>
void KeptBucket::run(Work work) {
  std::binary_semaphore is_done{0};
  boost::asio::post(context_, [&work, &is_done] {
    work();
    is_done.release();
  });
  is_done.acquire();
}

natsStatus KeptBucket::opened(OpenConnection connection) {
  auto status = NATS_OK;
  run([this, connection, &status] {
    status = stream_.attach(connection);
    if (status == NATS_OK) used_ = connection;
  });
  // Not waited for: it may take long, and the gateway may stop meanwhile.
  if (status == NATS_OK) reconnected();
  return status;
}

void KeptBucket::reconnected() noexcept {
  boost::asio::post(context_, [this] { begin(); });
}

void KeptBucket::closing() noexcept {
  run([this] {
    is_current_.store(false);
    reader_.reset();
    stream_.detach();
    used_ = {};
  });
}

/// If it fails, the next look tries again.
void KeptBucket::begin() {
  is_current_.store(false);
  reader_.reset();
  if (used_ == nullptr || natsConnection_Status(used_) != NATS_CONN_STATUS_CONNECTED) return;
  const auto status = follow();
  if (status != NATS_OK) return note_failure("a bucket of NATS cannot be used", status);
  pace_.reset();
}

natsStatus KeptBucket::follow() {
  auto status = stream_.open();
  BucketStream::State state;
  if (status == NATS_OK) status = stream_.look(state);
  if (status != NATS_OK) return status;
  if (state.created != created_ || state.revision < revision_.load()) {
    created_ = state.created;
    revision_.store(0);
    user_.began();
  }
  std::uint64_t end = 0;
  auto feed = std::make_unique<StreamFeed>();
  status = stream_.look_for_last(end);
  if (status == NATS_OK) status = stream_.follow(revision_.load(), *feed);
  if (status != NATS_OK) return status;
  seen_revision_ = revision_.load();
  auto note_current = [this, told = state.revision] {
    // What is not told up to here has been taken out.
    if (revision_.load() < told) revision_.store(told);
    is_current_.store(true);
    user_.caught_up();
  };
  reader_ = std::make_unique<BucketReader>(std::move(feed), end, stream_, user_, revision_,
                                           std::move(note_current));
  return status;
}

void KeptBucket::look_later() {
  if (is_stopping_) return;
  timer_.expires_after(kLookInterval);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled || is_stopping_) return;
    look();
    look_later();
  });
}

void KeptBucket::look() {
  if (used_ == nullptr || natsConnection_Status(used_) != NATS_CONN_STATUS_CONNECTED) return;
  if (reader_ == nullptr || reader_->has_ended() || is_behind()) begin();
}

/// The consumer may be gone with the server that had it, or the whole stream with its storage.
bool KeptBucket::is_behind() {
  BucketStream::State state;
  if (stream_.look(state) != NATS_OK || state.created != created_) return true;
  const auto before = std::exchange(seen_revision_, revision_.load());
  return state.revision > seen_revision_ && seen_revision_ == before;
}

void KeptBucket::write(BucketEntry entry, std::function<void(BucketWrite)> done) {
  if (waiting_.fetch_add(1) >= kWaitingMax) {
    waiting_.fetch_sub(1);
    return done({});
  }
  const auto deadline = Clock::now() + kWriteTimeout;
  boost::asio::post(context_, [this, entry = std::move(entry), done = std::move(done), deadline] {
    waiting_.fetch_sub(1);
    done(write_now(entry, deadline));
  });
}

BucketWrite KeptBucket::write_now(const BucketEntry& entry, Clock::time_point deadline) {
  BucketWrite made;
  if (used_ == nullptr || !is_current() || Clock::now() >= deadline) return made;
  const auto status = stream_.write(entry, made);
  if (status != NATS_OK) note_failure("NATS does not take a change", status);
  return made;
}

void KeptBucket::forget(std::string key, std::uint64_t revision) {
  boost::asio::post(context_, [this, key = std::move(key), revision] {
    if (used_ == nullptr || !is_current()) return;
    const auto status = stream_.forget(key, revision);
    if (status != NATS_OK) note_failure("NATS keeps what is no longer needed", status);
  });
}

void KeptBucket::note_failure(std::string_view what, natsStatus status) {
  if (status == NATS_CONNECTION_CLOSED) return;  // its end is told by `Connection`
  const auto passed_over = pace_.due(Pace::Clock::now());
  if (!passed_over) return;
  const auto reason = describe(status);
  RIG_LOG(kWarn, what, {"purpose", purpose_}, {"reason", std::string_view(reason)},
          {"failures_before", *passed_over});
}

}  // namespace rig::nats
