#include "event_client.hpp"

#include "json.hpp"
#include "long_poll_client.hpp"
#include "sse_client.hpp"
#include "ws_client.hpp"

namespace testkit {
namespace {

HttpRequest with_cursor(HttpRequest request, const Opening& opening) {
  if (!opening.token.empty()) {
    request.target += request.target.find('?') == std::string::npos ? '?' : '&';
    request.target += "jwt=" + opening.token;
  }
  if (opening.cursor.empty()) return request;
  return opening.by_header ? resuming_by_header(std::move(request), opening.cursor)
                           : resuming_by_query(std::move(request), opening.cursor);
}

/// Of a transport that gives cursors only to those who ask.
HttpRequest asking_for_cursors(HttpRequest request, const Opening& opening) {
  request.target += request.target.find('?') == std::string::npos ? '?' : '&';
  request.target += "rigcursor=true";
  return with_cursor(std::move(request), opening);
}

std::string cursor_in(const std::string& json) { return json_at(json, "/rigcursor").value_or(""); }

class OfSse final : public EventClient {
 public:
  OfSse(std::uint16_t port, const Opening& opening)
      : EventClient(opening.cursor),
        client_(port, with_cursor(sse_request(opening.subscriptions), opening),
                opening.receive_buffer) {}

  RawSocket& socket() override { return client_.socket(); }

 private:
  Received receive(Deadline deadline) override {
    auto event = client_.next_event(deadline);
    const bool is_new = event.last_event_id != last_id_;
    if (is_new) last_id_ = event.last_event_id;
    return {std::move(event.type), std::move(event.data), is_new ? last_id_ : std::string{}};
  }

  SseClient client_;
  std::string last_id_;
};

class OfWs final : public EventClient {
 public:
  OfWs(std::uint16_t port, const Opening& opening)
      : EventClient(opening.cursor),
        client_(port, asking_for_cursors(ws_request(opening.subscriptions), opening),
                opening.receive_buffer) {}

  bool replace_in_band(std::string_view subscriptions) override {
    client_.send_text(ws_subscriptions(subscriptions));
    return true;
  }
  RawSocket& socket() override { return client_.socket(); }

 private:
  Received receive(Deadline deadline) override {
    auto event = client_.next_event(deadline);
    auto cursor = cursor_in(event.json);
    return {std::move(event.type), std::move(event.json), std::move(cursor)};
  }

  WsClient client_;
};

class OfLongPolling final : public EventClient {
 public:
  OfLongPolling(std::uint16_t port, const Opening& opening)
      : EventClient(opening.cursor), client_(port) {
    client_.create(asking_for_cursors(long_poll_request(opening.subscriptions), opening));
  }

  RawSocket& socket() override { return client_.socket(); }

 private:
  Received receive(Deadline deadline) override {
    auto json = client_.next_event(deadline);
    auto type = json_at(json, "/type").value_or("");
    auto cursor = cursor_in(json);
    return {std::move(type), std::move(json), std::move(cursor)};
  }

  LongPollClient client_;
};

}  // namespace

std::string_view name_of(Transport transport) {
  switch (transport) {
    case Transport::kSse: return "sse";
    case Transport::kWs: return "ws";
    case Transport::kLongPolling: return "longpolling";
  }
  return "?";
}

std::unique_ptr<EventClient> EventClient::open(Transport transport, std::uint16_t port,
                                               const Opening& opening) {
  switch (transport) {
    case Transport::kSse: return std::make_unique<OfSse>(port, opening);
    case Transport::kWs: return std::make_unique<OfWs>(port, opening);
    case Transport::kLongPolling: return std::make_unique<OfLongPolling>(port, opening);
  }
  throw Failure("no such transport");
}

Received EventClient::next(Deadline deadline) {
  auto received = receive(deadline);
  if (!received.cursor.empty()) cursor_ = received.cursor;
  if (received.type == "rig.connection.create")
    token_ = json_at(received.json, "/data/connection_token").value_or("");
  return received;
}

Received EventClient::next_event(Deadline deadline) {
  auto received = next(deadline);
  while (received.type == "rig.subscriptions_set" || received.type == "rig.connection.create")
    received = next(deadline);
  if (received.type.starts_with("rig.")) throw Failure("an event was expected: " + received.json);
  return received;
}

Received EventClient::read_greeting() {
  const auto welcome = next();
  if (welcome.type != "rig.connection.create") throw Failure("no welcome: " + welcome.json);
  auto confirmation = next();
  if (confirmation.type != "rig.subscriptions_set")
    throw Failure("no confirmation of the subscriptions: " + confirmation.json);
  return confirmation;
}

std::string id_of(const Received& received) {
  return json_at(received.json, "/id").value_or("(none)");
}

std::string gap_reason(const Received& received) {
  if (received.type != "rig.gap") throw Failure("a rig.gap was expected: " + received.json);
  return json_at(received.json, "/data/reason").value_or("(none)");
}

}  // namespace testkit
