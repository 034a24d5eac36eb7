#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/cloudevents/field_plan.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::cloudevents {

/// Why bytes are not an event. The message is meant for the producer: it names the attribute or
/// header and never repeats values from the request.
struct DecodeError {
  enum class Kind : std::uint8_t {
    kInvalid,      ///< HTTP 400
    kUnsupported,  ///< HTTP 415: a content type or mode that is not served
  };
  Kind kind = Kind::kInvalid;
  std::string message;
};

template <class T>
using Decoded = boost::system::result<T, DecodeError>;

/// A header of a message; names are compared without regard to case.
using Header = std::pair<std::string_view, std::string_view>;

/// A message as a protocol binding sees it: headers and bytes.
struct Message {
  std::span<const Header> headers;  ///< all headers of the message, content-type among them
  std::string body;
};
using HttpMessage = Message;

/// What one message carried.
struct Delivery {
  std::vector<EventRef> events;
  bool is_batch = false;
};

/// Decodes a message in structured, binary or batch mode (CloudEvents HTTP binding 1.0.2;
/// `events.md` 9 for which content type means which mode). All or nothing: one bad event refuses
/// the batch.
Decoded<Delivery> decode_http(HttpMessage message, const FieldPlans& plans);

/// Decodes a NATS message (CloudEvents NATS binding 1.0.3-wip). Its content type says structured
/// (`application/cloudevents`, also with `+json`, and batches beside the binding); else it is in
/// binary mode if it has a `ce-specversion` header, with `ce-datacontenttype` or the content type
/// for the data. A message with neither is a structured event: so it was before NATS had headers.
Decoded<Delivery> decode_nats(Message message, const FieldPlans& plans);

/// Decodes one structured JSON event (JSON event format; versions 0.1 to 1.0). The text becomes the
/// event's text. The error is the bare reason (`the required attribute "id" is missing`), without
/// the sentence about a request that `decode_http` puts before it.
Decoded<EventRef> decode_structured(std::string json, const FieldPlans& plans);

/// An event of the gateway itself (`rig.…`), in version 0.2 with a random id and the current time
/// (`events.md` 3). `data_json` is JSON text, or empty for an event without data.
EventRef make_gateway_event(std::string_view type, std::string_view data_json);

/// `text` as a JSON string with its quotes.
std::string quote_json(std::string_view text);

}  // namespace rig::cloudevents
