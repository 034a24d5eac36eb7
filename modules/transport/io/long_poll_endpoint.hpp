#pragma once

#include "io/transport_shard.hpp"
#include "logic/connection_token.hpp"
#include "logic/long_poll_request.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/peers/calls.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <boost/system/result.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace rig::transport {

/// `GET /_rig/v1/connection/longpolling` (`events.md` 5): makes a session, or gives what it has,
/// whichever node has it.
class LongPollEndpoint final : public HttpEndpoint {
 public:
  LongPollEndpoint(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                   const TransportContext& context)
      : shards_(shards), parts_(parts), context_(context) {}

  [[nodiscard]] std::span<const Route> routes() const override;
  Task<HttpResponse> handle(HttpRequest request) override;

 private:
  using Page = boost::system::result<std::optional<PollPage>, peers::CallFailure>;

  static Task<HttpResponse> answer(Ref<LongPollEndpoint> self, HttpRequest request);
  static Task<Page> poll(Ref<LongPollEndpoint> self, ConnectionToken token, std::string seen);
  HttpResponse open(StreamRequest wanted, const LongPollCookies& cookies,
                    std::unique_ptr<AddressLimits::Place> place);

  Ref<Shards> shards_;
  Ref<Sharded<TransportShard>> parts_;
  const TransportContext& context_;
};

}  // namespace rig::transport
