#include "io/kept_link.hpp"

#include "io/headers.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <semaphore>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::int64_t kFlushTimeoutMs = 4'000;
constexpr std::chrono::milliseconds kConfirmInterval{100};
constexpr int kPendingMessagesMax = 100'000;  // of a subject, in the library
constexpr int kPendingBytesMax = 64 << 20;

metrics::Counter& bytes(metrics::Registry& registry, std::string_view purpose,
                        std::string_view direction) {
  return registry.counter(
      {"rig_nats_link_bytes_total", "Bytes of messages, without their subjects"},
      {{"purpose", std::string(purpose)}, {"direction", std::string(direction)}});
}

std::string text_or_nothing(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

/// What the library has of a subscription; it ends when the library has done with it.
struct KeptLink::Feed {
  KeptLink& link;
  std::int64_t dropped = 0;

  /// With the connection the library closes one subscription after the other, so what it still has
  /// of them is not in order.
  static void take(natsConnection* connection, natsSubscription* subscription, natsMsg* received,
                   void* self) {
    const MessagePtr message(received);
    if (natsConnection_IsClosed(connection)) return;
    auto& feed = *static_cast<Feed*>(self);
    auto& user = feed.link.user_;
    std::int64_t dropped = 0;
    if (natsSubscription_GetDropped(subscription, &dropped) == NATS_OK && dropped > feed.dropped) {
      const auto more = dropped - std::exchange(feed.dropped, dropped);
      user.lost(LinkLoss::kTooManyWait, static_cast<std::uint64_t>(more));
    }
    if (natsMsg_IsNoResponders(received)) return user.unanswered(natsMsg_GetSubject(received));
    feed.link.bytes_in_.add(static_cast<std::uint64_t>(natsMsg_GetDataLength(received)));
    user.received({.subject = natsMsg_GetSubject(received),
                   .reply_to = text_or_nothing(natsMsg_GetReply(received)),
                   .data = std::string(data_of(received))});
  }
  static void end(void* self) {
    const std::unique_ptr<Feed> feed(static_cast<Feed*>(self));
    // With the last one the link may be gone at once.
    const auto feeds = feed->link.feeds_;
    if (feeds->fetch_sub(1) == 1) feeds->notify_all();
  }
};

KeptLink::KeptLink(ConnectionConfig config, std::string_view purpose, std::size_t waiting_max,
                   LinkUser& user, metrics::Registry& registry)
    : user_(user),
      waiting_max_(waiting_max),
      bytes_in_(bytes(registry, purpose, "in")),
      bytes_out_(bytes(registry, purpose, "out")),
      queue_depth_(
          registry.gauge({"rig_nats_link_queue_depth", "Messages that wait to be sent to NATS"},
                         {{"purpose", std::string(purpose)}})),
      connection_(std::move(config), purpose, purpose, *this, registry) {}

void KeptLink::start() {
  guard_.emplace(context_.get_executor());
  thread_ = std::thread([this] { context_.run(); });
  connection_.start();
}

void KeptLink::stop() noexcept {
  connection_.stop();
  boost::asio::post(context_, [this] { confirmation_.cancel(); });
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

/// Does `work` on the thread and waits for it. On the connection's thread.
template <class Work>
void KeptLink::run(Work work) {
  std::binary_semaphore is_done{0};
  boost::asio::post(context_, [&work, &is_done] {
    work();
    is_done.release();
  });
  is_done.acquire();
}

natsStatus KeptLink::opened(OpenConnection connection) {
  auto status = NATS_OK;
  run([this, connection, &status] {
    used_ = connection;
    for (auto& [subject, subscription] : subscriptions_) {
      if (status == NATS_OK) status = listen(subject, subscription);
    }
    if (status == NATS_OK) status = confirm();
    if (status == NATS_OK) user_.connected();
  });
  return status;
}

void KeptLink::closing() noexcept {
  run([this] {
    for (auto& [subject, subscription] : subscriptions_) subscription.reset();
    used_ = {};
    sends_kept_ = false;
  });
  for (auto feeds = feeds_->load(); feeds != 0; feeds = feeds_->load()) feeds_->wait(feeds);
  user_.disconnected();
  boost::asio::post(context_, [this] {
    for (const auto& done : std::exchange(flushes_, {})) done();
  });
}

bool KeptLink::publish(LinkMessage message) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= waiting_max_) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  queue_depth_.add();
  boost::asio::post(context_, [this, message = std::move(message)]() mutable {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    queue_depth_.sub();
    send(std::move(message));
  });
  return true;
}

void KeptLink::send_kept() {
  boost::asio::post(context_, [this] {
    if (can_send() && !std::exchange(sends_kept_, true)) transmit_kept();
  });
}

void KeptLink::subscribe(std::string subject) {
  boost::asio::post(context_, [this, subject = std::move(subject)] {
    auto& subscription = subscriptions_[subject];
    // If it fails the connection is about to end, and the next one begins with all of them.
    if (used_ != nullptr && !subscription) (void)listen(subject, subscription);
  });
}

void KeptLink::unsubscribe(std::string subject) {
  boost::asio::post(context_,
                    [this, subject = std::move(subject)] { subscriptions_.erase(subject); });
}

void KeptLink::flush(std::function<void()> done) {
  boost::asio::post(context_, [this, done = std::move(done)]() mutable {
    flushes_.push_back(std::move(done));
    // One question to the server for all that come by now.
    if (flushes_.size() == 1) boost::asio::post(context_, [this] { answer_flushes(); });
  });
}

natsStatus KeptLink::listen(const std::string& subject, SubscriptionPtr& subscription) {
  auto feed = std::make_unique<Feed>(*this);
  natsSubscription* made = nullptr;
  // Its first message cannot come before the server has got it, which is later.
  const auto status =
      natsConnection_Subscribe(&made, used_, subject.c_str(), &Feed::take, feed.get());
  if (status != NATS_OK) return status;
  subscription = used_.own(made);
  feeds_->fetch_add(1);
  // The library tells the end of each subscription, also when it gives up the connection; if it
  // has done so meanwhile, it has no thread for this one any more.
  if (natsSubscription_SetOnCompleteCB(made, &Feed::end, feed.get()) != NATS_OK) {
    feeds_->fetch_sub(1);
    return NATS_CONNECTION_CLOSED;
  }
  feed.release();
  natsSubscription_SetPendingLimits(made, kPendingMessagesMax, kPendingBytesMax);
  return NATS_OK;
}

bool KeptLink::can_send() const {
  return used_ != nullptr && natsConnection_Status(used_) == NATS_CONN_STATUS_CONNECTED;
}

/// What is not kept the library would keep for a server that comes back, and send it late.
void KeptLink::send(LinkMessage message) {
  if (message.is_kept) return keep(std::move(message));
  const auto status = can_send() ? transmit(message) : NATS_CONNECTION_DISCONNECTED;
  if (status == NATS_OK) return;
  user_.lost(status == NATS_MAX_PAYLOAD ? LinkLoss::kTooLarge : LinkLoss::kNotConnected, 1);
}

natsStatus KeptLink::transmit(const LinkMessage& message) {
  const auto size = static_cast<int>(message.data.size());
  const auto status =
      message.reply_to.empty()
          ? natsConnection_Publish(used_, message.subject.c_str(), message.data.data(), size)
          : natsConnection_PublishRequest(used_, message.subject.c_str(), message.reply_to.c_str(),
                                          message.data.data(), size);
  if (status == NATS_OK) bytes_out_.add(message.data.size());
  return status;
}

void KeptLink::keep(LinkMessage message) {
  if (kept_.size() >= waiting_max_) return user_.lost(LinkLoss::kTooManyKept, 1);
  if (sends_kept_ && transmit(message) == NATS_MAX_PAYLOAD)
    return user_.lost(LinkLoss::kTooLarge, 1);
  kept_.push_back(std::move(message));
  confirm_later();
}

/// What was sent before a question that the server has answered, it has.
void KeptLink::confirm_later() {
  if (!sends_kept_ || std::exchange(is_confirmation_due_, true)) return;
  confirmation_.expires_after(kConfirmInterval);
  confirmation_.async_wait([this](boost::system::error_code error) {
    is_confirmation_due_ = false;
    if (!error && sends_kept_ && !kept_.empty() && confirm() == NATS_OK) kept_.clear();
  });
}

/// In their order, before anything that is published later. If it fails, the connection is about to
/// end, and the next one begins with all of them.
void KeptLink::transmit_kept() {
  std::erase_if(kept_, [this](const LinkMessage& message) {
    const bool is_too_large = transmit(message) == NATS_MAX_PAYLOAD;
    if (is_too_large) user_.lost(LinkLoss::kTooLarge, 1);
    return is_too_large;
  });
  confirm_later();
}

/// Servers answer in order: with the pong they have done all that was asked before the ping. A
/// connection without an answer is given up: what it was asked for may be in force or not.
natsStatus KeptLink::confirm() {
  if (!can_send()) return NATS_CONNECTION_DISCONNECTED;
  const auto status = natsConnection_FlushTimeout(used_, kFlushTimeoutMs);
  if (status == NATS_TIMEOUT) natsConnection_Close(used_);
  return status;
}

/// Without an answer the user hears first that the connection is over.
void KeptLink::answer_flushes() {
  if (confirm() == NATS_TIMEOUT) return;
  for (const auto& done : std::exchange(flushes_, {})) done();
}

}  // namespace rig::nats
