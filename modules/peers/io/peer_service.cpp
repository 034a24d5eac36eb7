#include "io/peer_service.hpp"

#include <rig/core/assert.hpp>

#include <boost/asio/ip/host_name.hpp>

#include <cstddef>
#include <random>
#include <utility>

namespace rig::peers {
namespace {

/// Calls that a service answers at the same time; each may be a poll that waits.
constexpr std::size_t kAtATimeMax = 100'000;

/// Differs from that of every node, also of the one that ran here before.
NodeId random_id() {
  std::random_device random;
  NodeId id = kNoNode;
  while (id == kNoNode) id = NodeId{random()} << 32U | random();
  return id;
}

std::string name_of_the_machine() {
  boost::system::error_code unknown;
  return boost::asio::ip::host_name(unknown);
}

std::optional<Seal> seal_of(const PeersConfig& config) {
  return config.secret.empty() ? std::nullopt : std::optional<Seal>(config.secret);
}

Task<std::vector<Calls::NodeAnswer>> nobody() { co_return std::vector<Calls::NodeAnswer>(); }
Task<CallResult> failed(CallFailure why) { co_return why; }

}  // namespace

PeerService::PeerService(Shards& shards, const PeersConfig& config)
    : id_(random_id()),
      name_(config.name.empty() ? name_of_the_machine() : config.name),
      seal_(seal_of(config)),
      shards_(shards) {}

std::string PeerService::seal(Purpose purpose, std::string text) const {
  return seal_ ? seal_->seal(purpose, std::move(text)) : text;
}

NodeIdentity::Opened PeerService::open(Purpose purpose, std::string_view sealed) const {
  return seal_ ? seal_->open(purpose, sealed) : Opened{sealed, true};
}

Task<CallResult> PeerService::call(NodeId node, std::string service, std::string request,
                                   Deadline deadline) {
  if (carrier_ == nullptr || node == kNoNode) return failed(CallFailure::kNoSuchNode);
  if (request.size() > kCallBytesMax) return failed(CallFailure::kTooLarge);
  return carrier_->call(node, std::move(service), std::move(request), deadline);
}

Task<std::vector<Calls::NodeAnswer>> PeerService::call_all(std::string service, std::string request,
                                                           Deadline deadline) {
  if (carrier_ == nullptr) return nobody();
  return carrier_->call_all(std::move(service), std::move(request), deadline);
}

void PeerService::serve(std::string service, Handler handler) {
  auto made = std::make_unique<Service>(shards_->executor(0), std::move(handler));
  const bool is_new = services_.try_emplace(std::move(service), std::move(made)).second;
  RIG_ASSERT(is_new);
}

Task<> PeerService::withdraw(std::string service) {
  return withdraw_here(Ref(*this), std::move(service));
}

Task<> PeerService::withdraw_here(Ref<PeerService> self, std::string service) {
  const auto found = self->services_.find(service);
  if (found == self->services_.end()) co_return;
  const auto withdrawn = std::move(found->second);
  self->services_.erase(found);
  withdrawn->tasks.cancel();
  co_await withdrawn->tasks.join();
}

void PeerService::take(std::string_view service, std::string request, Reply reply) {
  const auto found = services_.find(service);
  if (found == services_.end() || found->second->tasks.size() >= kAtATimeMax)
    return reply(std::nullopt);
  auto& [handler, tasks] = *found->second;
  tasks.spawn(answer(std::as_const(handler), std::move(request), std::move(reply)));
}

Task<> PeerService::answer(Ref<const Handler> handler, std::string request, Reply reply) {
  auto answered = co_await (*handler)(std::move(request));
  reply(std::move(answered));
}

}  // namespace rig::peers
