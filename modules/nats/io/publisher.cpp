#include "io/publisher.hpp"

#include <boost/asio/post.hpp>

#include <semaphore>
#include <utility>

namespace rig::nats {

void Publisher::start() {
  guard_.emplace(context_.get_executor());
  thread_ = std::thread([this] { context_.run(); });
}

void Publisher::stop() noexcept {
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

void Publisher::use(natsConnection* connection) {
  std::binary_semaphore is_used{0};
  boost::asio::post(context_, [this, connection, &is_used] {
    connection_ = connection;
    is_used.release();
  });
  is_used.acquire();
}

bool Publisher::submit(Publication publication) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= config_.queue_max) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  boost::asio::post(context_, [this, publication = std::move(publication)]() mutable {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    publish(std::move(publication));
  });
  return true;
}

void Publisher::publish(Publication publication) {
  const auto status = send(publication);
  if (status == NATS_MAX_PAYLOAD)
    return publication.done(Published::kRefused, "it is larger than the server takes");
  if (status != NATS_OK) return publication.done(Published::kFailed, describe(status));
  if (!publication.reply_to.empty()) return publication.done(Published::kSent, {});
  unconfirmed_.push_back(std::move(publication));
  // Behind all that waits by now.
  if (unconfirmed_.size() == 1) boost::asio::post(context_, [this] { confirm(); });
}

/// The library would keep it for a server that comes back, when nobody waits for it any more.
natsStatus Publisher::send(const Publication& publication) {
  if (connection_ == nullptr || natsConnection_Status(connection_) != NATS_CONN_STATUS_CONNECTED)
    return NATS_CONNECTION_DISCONNECTED;
  const auto size = static_cast<int>(publication.data.size());
  if (publication.reply_to.empty()) {
    return natsConnection_Publish(connection_, publication.subject.c_str(), publication.data.data(),
                                  size);
  }
  return natsConnection_PublishRequest(connection_, publication.subject.c_str(),
                                       publication.reply_to.c_str(), publication.data.data(), size);
}

/// Servers answer in order: when the pong is there, so is what was published before the ping.
void Publisher::confirm() {
  const auto status = connection_ == nullptr
                          ? NATS_CONNECTION_CLOSED
                          : natsConnection_FlushTimeout(connection_, config_.timeout.count());
  const auto reason = status == NATS_OK ? std::string() : describe(status);
  for (const auto& publication : std::exchange(unconfirmed_, {}))
    publication.done(status == NATS_OK ? Published::kConfirmed : Published::kFailed, reason);
}

}  // namespace rig::nats
