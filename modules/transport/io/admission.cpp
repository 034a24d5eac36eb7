#include "io/admission.hpp"

#include "logic/forwarded.hpp"

#include <rig/core/token_bucket.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace rig::transport {

using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

/// Of lacking descriptors: less than that apart, it is the same trouble.
constexpr seconds kQuietTime{10};

Address peer_address(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};  // it left
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    Address::Bytes bytes{};
    std::memcpy(&v6, &storage, sizeof v6);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return Address(bytes);
  }
  sockaddr_in v4{};
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(&v4, &storage, sizeof v4);
  std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  return Address::of_v4(bytes);
}

std::unique_ptr<AddressLimits> address_limits(const LimitsConfig& config, Shards& shards,
                                              TransportMetrics& metrics) {
  if (config.connections_per_address_max == 0 && config.requests_per_second_per_address == 0)
    return nullptr;
  AddressTable::Limits limits;
  limits.connections_max = config.connections_per_address_max;
  limits.rate = TokenBucket::Rate::of(config.requests_per_second_per_address,
                                      config.request_burst_per_address);
  limits.resting_max = config.addresses_max;
  return std::make_unique<AddressLimits>(limits, shards, metrics.forgotten_addresses);
}

void add_retry_after(HttpResponse& response, seconds delay) {
  response.headers.add("retry-after", std::to_string(std::max(delay, seconds(1)).count()));
}

}  // namespace

Admission::Admission(const LimitsConfig& config, Shards& shards, TransportMetrics& metrics)
    : config_(config),
      metrics_(metrics),
      window_(config.connections_per_minute_max),
      addresses_(address_limits(config, shards, metrics)),
      lacked_descriptors_at_(steady_clock::time_point::min().time_since_epoch()) {}

Task<> Admission::start() {
  if (addresses_) co_await addresses_->start();
}

Task<> Admission::stop() {
  if (addresses_) co_await addresses_->stop();
}

std::optional<HttpResponse> Admission::admit_connection() {
  const auto now = system_clock::now();
  if (window_.admit(now)) return std::nullopt;
  metrics_.dropped_rate.add();
  auto response = HttpResponse::text(429, "Reached maximum number of connections");
  add_retry_after(response, MinuteWindow::until_next(now));
  return response;
}

std::string Admission::peer_text(int fd) { return peer_address(fd).text(); }

Address Admission::client_of(int fd, const Headers& headers) const {
  const Address peer = peer_address(fd);
  return client_address(peer, headers, config_.trusted_proxies).counted();
}

Task<std::optional<HttpResponse>> Admission::admit_request(Ref<Admission> self, Address client) {
  if (self->config_.requests_per_second_per_address == 0) co_return std::nullopt;
  const auto wait = co_await AddressLimits::request(*self->addresses_, client);
  if (wait == TokenBucket::Wait(0)) co_return std::nullopt;
  self->metrics_.limited_requests.add();
  auto response = HttpResponse::error(429, "Too many requests from your address.");
  add_retry_after(response, std::chrono::ceil<seconds>(wait));
  co_return response;
}

Task<Admission::Placed> Admission::place_connection(Ref<Admission> self, Address client) {
  Placed placed;
  if (self->config_.connections_per_address_max == 0) co_return placed;
  placed.place = co_await AddressLimits::connect(*self->addresses_, client);
  if (!placed.place) {
    self->metrics_.dropped_address.add();
    placed.refusal = HttpResponse::text(429, "Your address has all the connections it may have.");
  }
  co_return placed;
}

bool Admission::note_lack_of_descriptors() {
  const auto now = steady_clock::now().time_since_epoch();
  const auto before = lacked_descriptors_at_.exchange(now, std::memory_order_relaxed);
  return before == steady_clock::duration::min() || now - before > kQuietTime;
}

}  // namespace rig::transport
