#include "logic/message_response.hpp"

#include <boost/container/small_vector.hpp>

#include <string>
#include <utility>

namespace rig::api {
namespace {

using cloudevents::DecodeError;
using cloudevents::Delivery;
using transport::HttpResponse;

/// More headers than a browser or curl sends; beyond that the list moves to the heap.
constexpr std::size_t kHeadersUsual = 24;
using HeaderList = boost::container::small_vector<cloudevents::Header, kHeadersUsual>;

HeaderList list_of(const transport::Headers& headers) {
  HeaderList list;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    list.emplace_back(headers[i].name, headers[i].value);
  }
  return list;
}

std::string array_of(const std::vector<cloudevents::EventRef>& events) {
  std::size_t size = 2 + events.size();
  for (const auto& event : events) size += event->json().size();
  std::string array;
  array.reserve(size);
  array += '[';
  for (const auto& event : events) {
    if (array.size() > 1) array += ',';
    array += event->json();
  }
  array += ']';
  return array;
}

}  // namespace

cloudevents::Decoded<Delivery> decode(transport::HttpRequest request,
                                      const cloudevents::FieldPlans& plans) {
  const HeaderList headers = list_of(request.headers);
  return cloudevents::decode_http({headers, std::move(request.body)}, plans);
}

HttpResponse accepted(const Delivery& delivery) {
  return HttpResponse::json(
      202, delivery.is_batch ? array_of(delivery.events) : delivery.events.front()->json());
}

HttpResponse refused(DecodeError error) {
  const int status = error.kind == DecodeError::Kind::kUnsupported ? 415 : 400;
  return HttpResponse::text(status, std::move(error.message));
}

HttpResponse overloaded(std::size_t accepted, std::size_t events) {
  std::string body = R"({"message":"The gateway is overloaded. )";
  if (accepted == 0) {
    body += "Nothing was accepted, try again later.";
  } else {
    body += "Only the first " + std::to_string(accepted) + " of " + std::to_string(events) +
            " events were accepted, send the others again later.";
  }
  body += R"(","accepted":)" + std::to_string(accepted) + "}";
  HttpResponse response = HttpResponse::json(503, std::move(body));
  response.headers.add("retry-after", "1");
  return response;
}

}  // namespace rig::api
