#pragma once

#include "config.hpp"
#include "io/connection.hpp"
#include "io/library.hpp"

#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/link.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rig::nats {

/// A link on a connection and a thread of its own, which does what the library may wait for. The
/// library's one thread for deliveries gives messages of all subscriptions to the user, so they
/// stay in order, and there may be as many subscriptions as one likes.
class KeptLink final : public Link, private ConnectionUser {
 public:
  KeptLink(ConnectionConfig config, std::string_view purpose, std::size_t waiting_max,
           LinkUser& user, metrics::Registry& registry);
  ~KeptLink() override { stop(); }
  KeptLink(const KeptLink&) = delete;
  KeptLink& operator=(const KeptLink&) = delete;

  void start() override;
  void stop() noexcept override;
  [[nodiscard]] bool is_connected() const noexcept override { return connection_.is_connected(); }
  [[nodiscard]] bool publish(LinkMessage message) override;
  void send_kept() override;
  void subscribe(std::string subject) override;
  void unsubscribe(std::string subject) override;
  void flush(std::function<void()> done) override;

 private:
  struct Feed;
  using Done = std::function<void()>;

  natsStatus opened(OpenConnection connection) override;
  void closing() noexcept override;

  // On the thread.
  template <class Work>
  void run(Work work);
  natsStatus listen(const std::string& subject, SubscriptionPtr& subscription);
  void send(LinkMessage message);
  natsStatus transmit(const LinkMessage& message);
  void keep(LinkMessage message);
  void confirm_later();
  void transmit_kept();
  natsStatus confirm();
  void answer_flushes();
  [[nodiscard]] bool can_send() const;

  LinkUser& user_;
  const std::size_t waiting_max_;
  metrics::Counter& bytes_in_;
  metrics::Counter& bytes_out_;
  metrics::Gauge& queue_depth_;
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<Executor>> guard_;
  std::atomic<std::size_t> waiting_{0};
  // Those that the library may still use.
  std::shared_ptr<std::atomic<std::size_t>> feeds_ = std::make_shared<std::atomic<std::size_t>>(0);
  // Of the thread alone.
  OpenConnection used_;
  std::map<std::string, SubscriptionPtr, std::less<>> subscriptions_;  // null: not connected
  std::vector<Done> flushes_;
  std::deque<LinkMessage> kept_;  // that a server may not have
  boost::asio::steady_timer confirmation_{context_};
  bool sends_kept_ = false;  // by this connection
  bool is_confirmation_due_ = false;
  std::thread thread_;
  Connection connection_;
};

}  // namespace rig::nats
