#include "sse_client.hpp"

#include "json.hpp"

namespace testkit {

std::string subscriptions_to(const std::vector<std::string>& types) {
  std::string json = "[";
  for (const auto& type : types) {
    if (json.size() > 1) json += ',';
    json += R"({"eventType":")" + type + R"("})";
  }
  return json + "]";
}

HttpRequest sse_request(std::string_view subscriptions_json) {
  HttpRequest request{.target = std::string(kSsePath),
                      .headers = {{"accept", "text/event-stream"}}};
  if (!subscriptions_json.empty()) {
    request.target += "?subscriptions=" + percent_encode(subscriptions_json);
  }
  return request;
}

HttpRequest resuming_by_header(HttpRequest request, std::string_view last_event_id) {
  request.headers.emplace_back("last-event-id", last_event_id);
  return request;
}

HttpRequest resuming_by_query(HttpRequest request, std::string_view last_event_id) {
  request.target += request.target.find('?') == std::string::npos ? '?' : '&';
  request.target += "last_event_id=" + percent_encode(last_event_id);
  return request;
}

SseClient::SseClient(std::uint16_t port, const HttpRequest& request, int receive_buffer)
    : socket_(port, receive_buffer) {
  socket_.send(to_bytes(request));
  head_ = read_reply_head(socket_);
  if (head_.status != 200) {
    read_body(socket_, head_);
    throw Failure("the stream was refused with " + std::to_string(head_.status) + ": " +
                  head_.body);
  }
}

SseClient::SseClient(std::uint16_t port, std::initializer_list<std::string> types)
    : SseClient(port, sse_request(subscriptions_to(types))) {
  read_greeting();
}

std::string SseClient::next_chunk(Deadline deadline) { return read_chunk(socket_, deadline); }

ServerSentEvent SseClient::next_event(Deadline deadline) {
  while (true) {
    if (auto event = parser_.next()) {
      last_event_id_ = event->last_event_id;
      return std::move(*event);
    }
    const auto chunk = next_chunk(deadline);
    if (chunk.empty()) throw Closed("the stream ended, an event was expected");
    parser_.feed(chunk);
  }
}

std::string SseClient::read_greeting() {
  const auto welcome = next_event();
  if (welcome.type != "rig.connection.create") throw Failure("no welcome but " + welcome.type);
  token_ = json_at(welcome.data, "/data/connection_token").value_or("");
  auto confirmation = next_event();
  if (confirmation.type != "rig.subscriptions_set") {
    throw Failure("no confirmation of the subscriptions but " + confirmation.type);
  }
  return std::move(confirmation.data);
}

void SseClient::expect_orderly_end() {
  while (!next_chunk().empty()) {
  }
  const auto rest = socket_.read_to_end();
  if (!rest.empty()) throw Failure("bytes after the last chunk: " + rest);
  if (socket_.was_reset()) throw Failure("the connection was reset after the last chunk");
}

}  // namespace testkit
