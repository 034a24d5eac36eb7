#include "storm.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "process_stats.hpp"
#include "subscribers.hpp"

namespace rig::bench {
namespace {

constexpr Nanos kTick = std::chrono::milliseconds(10);
// A connect that the server's queue has no place for is tried again after a second, then after two.
constexpr Nanos kPatience = std::chrono::seconds(10);
// Clients of another storm may have left ports behind that cannot be used again at once.
constexpr unsigned kSourcesPerStorm = 20;

struct Order {
  double seconds = 0;
  bool with_tokens = false;
};

struct Pipe {
  Socket read, write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  return {Socket(ends[0]), Socket(ends[1])};
}

template <class Value>
bool read_value(const Socket& from, Value& value) {
  return ::read(from.fd(), &value, sizeof value) == ssize_t{sizeof value};
}

// Smaller than PIPE_BUF, so it arrives whole.
template <class Value>
bool write_value(const Socket& to, const Value& value) {
  return ::write(to.fd(), &value, sizeof value) == ssize_t{sizeof value};
}

StormCounts run(const Options& options, const Order& order, unsigned number,
                const std::vector<std::string>& tokens) {
  SubscriberGroup group;
  group.transport = options.transport;
  group.type = kStormType;
  group.leaves = true;
  group.first_source = number * kSourcesPerStorm;
  group.count = static_cast<std::size_t>(order.seconds * options.storm_rate);
  if (order.with_tokens) {
    group.tokens = &tokens;
    group.count = std::min(group.count, tokens.size());
  }
  Poller poller;
  Subscribers clients(options, group, poller, 0);
  const Usage before = usage_now(0);
  const Nanos start = now();
  const Nanos end = start + from_seconds(order.seconds);
  const auto poll = [&](Nanos deadline) {
    for (const epoll_event& event : poller.wait(deadline)) {
      clients.on_ready(event.data.u64, event.events);
    }
  };
  for (Nanos time = start; time < end; time = now()) {
    clients.open_up_to(1 + static_cast<std::size_t>(to_seconds(time - start) * options.storm_rate));
    poll(std::min(end, time + std::chrono::microseconds(500)));
  }
  while (!clients.is_settled() && now() < end + kPatience) {
    poll(now() + kTick);
  }
  return {clients.started(), clients.welcomed(),
          std::max(clients.last_subscribed() - start, Nanos{0}),
          clients.connect_time().percentile(0.99), (usage_now(0) - before).own_cpu};
}

void serve(const Options& options, const Pipe& orders, const Pipe& reports) {
  const auto tokens =
      options.storm_tokens.empty() ? std::vector<std::string>() : read_tokens(options.storm_tokens);
  Order order;
  for (unsigned number = 1; read_value(orders.read, order); ++number) {
    if (!write_value(reports.write, run(options, order, number, tokens))) {
      return;
    }
  }
}

}  // namespace

std::vector<std::string> read_tokens(const std::string& path) {
  std::vector<std::string> tokens;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    tokens.push_back(line);
  }
  if (tokens.empty()) {
    throw UsageError("--storm-tokens: there is no token in " + path);
  }
  return tokens;
}

Storm::Storm(const Options& options) {
  Pipe orders = make_pipe();
  Pipe reports = make_pipe();
  process_ = ::fork();
  if (process_ < 0) {
    throw std::runtime_error("no process for the storm");
  }
  if (process_ == 0) {
    orders.write.close();
    int status = 0;
    try {
      serve(options, orders, reports);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "rig_load: the storm: %s\n", error.what());
      status = 2;
    }
    ::_exit(status);
  }
  orders_ = std::move(orders.write);
  reports_ = std::move(reports.read);
  ::fcntl(reports_.fd(), F_SETFL, O_NONBLOCK);
}

Storm::~Storm() {
  orders_.close();
  ::waitpid(process_, nullptr, 0);
}

void Storm::begin(double seconds, bool with_tokens) {
  if (!write_value(orders_, Order{seconds, with_tokens})) {
    throw std::runtime_error("the storm has gone");
  }
}

std::optional<StormCounts> Storm::over() {
  StormCounts counts;
  if (read_value(reports_, counts)) {
    return counts;
  }
  if (errno != EAGAIN) {
    throw std::runtime_error("the storm has gone");
  }
  return std::nullopt;
}

}  // namespace rig::bench
