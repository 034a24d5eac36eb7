#pragma once

#include "io/transport_shard.hpp"
#include "logic/connection_token.hpp"
#include "logic/poll_buffer.hpp"

#include <rig/core/deadline.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/peers/calls.hpp>

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

inline constexpr std::string_view kPollService = "poll";

/// A poll at whichever shard of this node has the session; nothing if there is none.
Task<std::optional<PollPage>> poll_here(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                                        ConnectionToken token, std::string seen, Deadline deadline);

/// A poll at the node that has the session; nothing if there is none, or no such node. It waits
/// there for some seconds at a time: so a node that has died is noticed, and none waits for long
/// for a client that has left.
Task<boost::system::result<std::optional<PollPage>, peers::CallFailure>> poll_elsewhere(
    Ref<const TransportContext> context, ConnectionToken token, std::string seen,
    Deadline deadline);
/// The other end.
Task<std::string> answer_poll_call(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                                   Ref<const peers::NodeIdentity> here, std::string call);

}  // namespace rig::transport
