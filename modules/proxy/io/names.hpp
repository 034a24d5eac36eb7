#pragma once

#include "io/socket.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rig::proxy {

/// The addresses of backends: what the system's resolver says, remembered for a few seconds. One
/// per shard.
class Names {
 public:
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  using Result = boost::system::result<Endpoints>;

  static constexpr std::chrono::seconds kRememberedFor{5};
  static constexpr std::size_t kRememberedMax = 1'000;
  static constexpr std::size_t kAddressesMax = 8;

  Names(Executor executor, TimerWheel& wheel) : executor_(executor), wheel_(wheel) {}

  /// `timed_out` after `at_most`: the system's resolver cannot be interrupted, so what is left ends
  /// later and finds nobody.
  static Task<Result> find(Ref<Names> self, std::string host, std::uint16_t port,
                           std::chrono::milliseconds at_most);

 private:
  struct Lookup;
  struct Known {
    Endpoints addresses;  // without ports
    std::chrono::steady_clock::time_point until;
  };

  static Task<Result> look_up(Ref<Names> self, std::string host, std::chrono::milliseconds at_most);
  void remember(const std::string& host, const Endpoints& addresses);

  Executor executor_;
  TimerWheel& wheel_;
  std::map<std::string, Known> known_;
};

}  // namespace rig::proxy
