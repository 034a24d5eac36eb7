#include "io/connection.hpp"

#include "io/options.hpp"
#include "logic/reconnect_delay.hpp"

#include <rig/core/log.hpp>

#include <array>
#include <chrono>
#include <random>
#include <utility>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kUnreachableInterval{30};
constexpr seconds kErrorInterval{1};
constexpr milliseconds kDrainPause{20};
constexpr std::int64_t kFlushTimeoutMs = 2'000;

metrics::Labels labels(std::string_view purpose) { return {{"purpose", std::string(purpose)}}; }

double random_part() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

std::string address_of(natsConnection* connection) {
  std::array<char, 300> url{};
  if (natsConnection_GetConnectedUrl(connection, url.data(), url.size()) != NATS_OK) return {};
  return url.data();
}

std::string last_error(natsConnection* connection, natsStatus status) {
  const char* text = nullptr;
  natsConnection_GetLastError(connection, &text);
  return text != nullptr && *text != '\0' ? text : natsStatus_GetText(status);
}

}  // namespace

Connection::Connection(ConnectionConfig config, std::string_view purpose,
                       std::string_view health_name, ConnectionUser& user,
                       metrics::Registry& registry)
    : config_(std::move(config)),
      purpose_(purpose),
      health_name_(health_name),
      user_(user),
      connected_(registry.gauge({"rig_nats_connected", "1 while there is a connection to NATS"},
                                labels(purpose))),
      reconnects_(registry.counter(
          {"rig_nats_reconnects_total", "Connections to NATS that came back after they were lost"},
          labels(purpose))),
      errors_(registry.counter({"rig_nats_errors_total", "Errors that the NATS servers told"},
                               labels(purpose))),
      unreachable_pace_(kUnreachableInterval),
      error_pace_(kErrorInterval) {}

Connection::~Connection() { stop(); }

void Connection::start() {
  options_ = make_options(config_, "rig-" + std::string(purpose_));
  set_callbacks();
  thread_ = std::thread([this] { run(); });
}

void Connection::drain(Deadline deadline) noexcept {
  if (!thread_.joinable()) return;
  if (!is_draining_.exchange(true)) changed_.release();
  if (ended_.try_acquire_until(deadline.at)) ended_.release();
}

void Connection::stop() noexcept {
  if (!is_stopping_.exchange(true)) changed_.release();
  if (thread_.joinable()) thread_.join();
  options_.reset();
}

/// They run on threads of the library. All of a connection have run when the one for its end has,
/// and the thread waits for that one.
void Connection::set_callbacks() {
  auto* options = options_.get();
  natsOptions_SetDisconnectedCB(
      options,
      [](natsConnection* connection, void* self) {
        static_cast<Connection*>(self)->follow(connection);
      },
      this);
  natsOptions_SetReconnectedCB(
      options,
      [](natsConnection* connection, void* closure) {
        auto* self = static_cast<Connection*>(closure);
        self->reconnects_.add();
        self->note_opened(connection);
        self->user_.reconnected();
      },
      this);
  natsOptions_SetClosedCB(
      options,
      [](natsConnection* connection, void* closure) {
        auto* self = static_cast<Connection*>(closure);
        self->follow(connection);
        self->is_closed_.store(true);
        self->changed_.release();
      },
      this);
  natsOptions_SetErrorHandler(
      options,
      [](natsConnection* connection, natsSubscription*, natsStatus status, void* self) {
        static_cast<Connection*>(self)->note_error(connection, status);
      },
      this);
  natsOptions_SetCustomReconnectDelay(
      options,
      [](natsConnection* connection, int rounds, void* closure) {
        auto* self = static_cast<Connection*>(closure);
        // The first round follows at once on the loss, which has a line of its own.
        if (rounds > 1) self->note_unreachable(last_error(connection, NATS_NO_SERVER));
        return self->delay_ms(rounds);
      },
      this);
}

void Connection::run() {
  bool was_open = false;
  for (int rounds = 1; goes_on(); ++rounds) {
    natsConnection* connection = nullptr;
    is_closed_.store(false);
    const auto status = natsConnection_Connect(&connection, options_.get());
    if (status == NATS_OK) {
      note_opened(connection);
      if (std::exchange(was_open, true)) reconnects_.add();
      serve(connection);
      rounds = 1;
    } else {
      note_unreachable(describe(status));
    }
    if (goes_on()) (void)changed_.try_acquire_for(milliseconds(delay_ms(rounds)));
  }
  ended_.release();
}

void Connection::serve(natsConnection* connection) {
  const auto status = user_.opened({connection, *this});
  if (status != NATS_OK) note_unreachable(describe(status));
  if (status == NATS_OK) serve_until_end(connection);
  if (is_stopping_.load() && user_.can_be_broken_off()) natsConnection_Close(connection);
  user_.closing();
  natsConnection_Close(connection);
  while (!is_closed_.load()) changed_.acquire();
  for (auto* subscription : take_retired()) natsSubscription_Destroy(subscription);
  natsConnection_Destroy(connection);
}

/// Until the library gives up, the user has finished, or the gateway stops.
void Connection::serve_until_end(natsConnection* connection) {
  bool has_asked = false;
  while (!is_closed_.load() && !is_stopping_.load()) {
    destroy_retired(connection);
    if (!is_draining_.load()) {
      changed_.acquire();
      continue;
    }
    if (!std::exchange(has_asked, true)) user_.drain();
    if (user_.is_drained()) return;
    (void)changed_.try_acquire_for(kDrainPause);
  }
}

void Connection::retire(natsSubscription* subscription) noexcept {
  natsSubscription_Unsubscribe(subscription);
  {
    const std::lock_guard lock(retired_mutex_);
    retired_.push_back(subscription);
  }
  changed_.release();
}

/// The thread that reads from the server reads the answer, too: it has done then with whatever came
/// before.
void Connection::destroy_retired(natsConnection* connection) {
  auto over = take_retired();
  if (over.empty()) return;
  const bool is_up = natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED;
  if (is_up && natsConnection_FlushTimeout(connection, kFlushTimeoutMs) == NATS_OK) {
    for (auto* subscription : over) natsSubscription_Destroy(subscription);
    return;
  }
  // The next one that is retired, or the end of the connection, is soon enough.
  const std::lock_guard lock(retired_mutex_);
  retired_.insert(retired_.end(), over.begin(), over.end());
}

std::vector<natsSubscription*> Connection::take_retired() {
  const std::lock_guard lock(retired_mutex_);
  return std::exchange(retired_, {});
}

void Retire::operator()(natsSubscription* subscription) const noexcept {
  connection->retire(subscription);
}

/// Callbacks come later than what they tell of, and on several threads: whoever is last has looked.
void Connection::follow(natsConnection* connection) noexcept {
  const auto is_up = [connection] {
    return natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED;
  };
  bool was_up = false;
  do {
    was_up = is_up();
    set_connected(was_up);
  } while (was_up != is_up());
}

void Connection::set_connected(bool is_connected) noexcept {
  if (is_connected_.exchange(is_connected) == is_connected) return;
  connected_.add(is_connected ? 1 : -1);
  if (!is_connected && !is_stopping_.load())
    RIG_LOG(kWarn, "the connection to NATS is lost", {"purpose", purpose_});
}

void Connection::note_opened(natsConnection* connection) noexcept {
  follow(connection);
  unreachable_pace_.reset();
  const auto server = address_of(connection);
  RIG_LOG(kInfo, "connected to NATS", {"purpose", purpose_}, {"server", std::string_view(server)});
}

void Connection::note_unreachable(std::string_view reason) noexcept {
  const auto passed_over = unreachable_pace_.due(Pace::Clock::now());
  if (!passed_over) return;
  RIG_LOG(kWarn, "NATS cannot be reached, it is tried again", {"purpose", purpose_},
          {"reason", reason}, {"attempts_before", *passed_over});
}

/// Slow consumers are counted and told where their messages are dropped.
void Connection::note_error(natsConnection* connection, natsStatus status) noexcept {
  if (status == NATS_SLOW_CONSUMER) return;
  errors_.add();
  const auto passed_over = error_pace_.due(Pace::Clock::now());
  if (!passed_over) return;
  const auto reason = last_error(connection, status);
  RIG_LOG(kWarn, "NATS reports an error", {"purpose", purpose_},
          {"reason", std::string_view(reason)}, {"errors_before", *passed_over});
}

std::int64_t Connection::delay_ms(int rounds) noexcept {
  return reconnect_delay(rounds, random_part()).count();
}

}  // namespace rig::nats
