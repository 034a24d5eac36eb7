#include "io/kept_stream.hpp"

#include <rig/core/log.hpp>

#include <boost/asio/post.hpp>

#include <chrono>
#include <semaphore>
#include <string>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::chrono::seconds kFailureInterval{30};

}  // namespace

KeptStream::KeptStream(ConnectionConfig config, Streams::Settings settings,
                       metrics::Registry& registry)
    : settings_(std::move(settings)),
      stream_(settings_),
      pace_(kFailureInterval),
      connection_(std::move(config), settings_.purpose, settings_.purpose, *this, registry) {}

void KeptStream::start() {
  guard_.emplace(context_.get_executor());
  thread_ = std::thread([this] { context_.run(); });
  connection_.start();
}

/// The thread answers all who wait before it ends: without a connection that takes no time.
void KeptStream::stop() noexcept {
  is_stopping_.store(true);
  connection_.stop();
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

template <class Work>
void KeptStream::run(Work work) {
  std::binary_semaphore is_done{0};
  boost::asio::post(context_, [&work, &is_done] {
    work();
    is_done.release();
  });
  is_done.acquire();
}

natsStatus KeptStream::opened(OpenConnection connection) {
  auto status = NATS_OK;
  run([this, connection, &status] {
    status = stream_.attach(connection);
    if (status == NATS_OK) used_ = connection;
  });
  return status;
}

void KeptStream::closing() noexcept {
  run([this] {
    used_ = {};
    stream_.detach();
  });
}

void KeptStream::look(std::function<void(std::optional<std::uint32_t>)> done) {
  boost::asio::post(context_, [this, done = std::move(done)] { done(look_now()); });
}

void KeptStream::read(StreamReading reading, std::function<void(std::optional<StreamPart>)> done) {
  boost::asio::post(context_, [this, reading = std::move(reading), done = std::move(done)] {
    done(read_now(reading));
  });
}

bool KeptStream::can_ask() const {
  return used_ != nullptr && !is_stopping_.load() &&
         natsConnection_Status(used_) == NATS_CONN_STATUS_CONNECTED;
}

std::optional<std::uint32_t> KeptStream::look_now() {
  if (!can_ask()) return std::nullopt;
  RecordedStream::State state;
  const auto status = stream_.make(state);
  if (status == NATS_OK) return state.id;
  note_failure("make", status);
  return std::nullopt;
}

std::optional<StreamPart> KeptStream::read_now(const StreamReading& reading) {
  if (!can_ask()) return std::nullopt;
  StreamPart part;
  const auto status = stream_.read(reading, is_stopping_, part);
  if (status == NATS_OK) return part;
  if (!is_stopping_.load()) note_failure("read", status);
  return std::nullopt;
}

void KeptStream::note_failure(std::string_view what, natsStatus status) {
  const auto passed_over = pace_.due(Pace::Clock::now());
  if (!passed_over) return;
  const auto reason = describe(status);
  RIG_LOG(kWarn, "a stream of NATS cannot be used; do the servers have JetStream?",
          {"purpose", settings_.purpose}, {"stream", std::string_view(settings_.name)},
          {"to", what}, {"reason", std::string_view(reason)}, {"failures_before", *passed_over});
}

}  // namespace rig::nats
