#pragma once

#include <rig/cloudevents/codec.hpp>
#include <rig/transport/http_message.hpp>

#include <cstddef>

namespace rig::api {

/// The events that a request to publish holds (`events.md` 9).
[[nodiscard]] cloudevents::Decoded<cloudevents::Delivery> decode(
    transport::HttpRequest request, const cloudevents::FieldPlans& plans);

// The answers (`events.md` 10). They never repeat what the request held, but for the media type and
// the events that were accepted.

/// All events are on their way: the event, or the array of them, byte for byte as it is passed on.
[[nodiscard]] transport::HttpResponse accepted(const cloudevents::Delivery& delivery);

/// The request holds no event, or not only events: nothing is on its way.
[[nodiscard]] transport::HttpResponse refused(cloudevents::DecodeError error);

/// The gateway has too much to do. What was published before that is on its way, and the answer
/// says so.
[[nodiscard]] transport::HttpResponse overloaded(std::size_t accepted, std::size_t events);

}  // namespace rig::api
