#pragma once

#include "io/library.hpp"

#include <cstdint>
#include <string>

namespace rig::nats {

/// Subscribes to what a stream has of a subject behind the place `after`, in order; the server
/// holds back while messages wait. The numbers of the consumer (`Sequence.Consumer`) begin with 1;
/// where one is missing, the reader begins anew. Not the library's ordered consumer, which does
/// that on a thread of its own: in version 3.4 it frees what an end at the same moment reads.
natsStatus follow_stream(jsCtx* context, const std::string& stream, const std::string& subject,
                         std::uint64_t after, SubscriptionPtr& subscription);

}  // namespace rig::nats
