#include "long_poll_client.hpp"

#include "json.hpp"
#include "sse_client.hpp"

#include <utility>

namespace testkit {
namespace {

// Up to the separator, which is taken away too.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
  return part;
}

Poll parsed_poll(HttpReply reply) {
  if (reply.status != 200) {
    throw Failure("the poll was answered with " + std::to_string(reply.status) + ": " + reply.body);
  }
  if (reply.body == "\"ok\"") throw Closed("the session is over, a new one was made");
  Poll poll{.reply = std::move(reply), .last_event_id = {}, .events = {}};
  const auto id = json_at(poll.reply.body, "/last_event_id");
  if (!id || !json_at(poll.reply.body, "/events")) {
    throw Failure("not the body of a poll: " + poll.reply.body);
  }
  poll.last_event_id = *id;
  poll.events = json_items(poll.reply.body, "/events");
  return poll;
}

}  // namespace

void CookieJar::take(const HttpReply& reply) {
  for (const auto& line : reply.all("set-cookie")) {
    std::string_view rest = line;
    auto pair = take_until(rest, "; ");
    const auto name = take_until(pair, "=");
    if (name.empty() || line.find('=') == std::string::npos) throw Failure("no cookie: " + line);
    if (pair.find_first_of(" ,;\\\t") != std::string_view::npos) {
      throw Failure("a value that no cookie may have: " + line);
    }
    Cookie cookie{std::string(pair), {}};
    while (!rest.empty()) cookie.attributes.emplace_back(take_until(rest, "; "));
    cookies_.insert_or_assign(std::string(name), std::move(cookie));
  }
}

void CookieJar::add_to(HttpRequest& request) const {
  std::string line;
  for (const auto& [name, cookie] : cookies_) {
    if (!line.empty()) line += "; ";
    line += name + "=" + cookie.value;
  }
  if (!line.empty()) request.headers.emplace_back("cookie", std::move(line));
}

std::optional<std::string> CookieJar::value(std::string_view name) const {
  const auto found = cookies_.find(name);
  if (found == cookies_.end()) return std::nullopt;
  return found->second.value;
}

std::vector<std::string> CookieJar::attributes(std::string_view name) const {
  const auto found = cookies_.find(name);
  return found == cookies_.end() ? std::vector<std::string>{} : found->second.attributes;
}

void CookieJar::set(std::string name, std::string value) {
  cookies_[std::move(name)].value = std::move(value);
}

void CookieJar::forget(std::string_view name) {
  if (const auto found = cookies_.find(name); found != cookies_.end()) cookies_.erase(found);
}

HttpRequest long_poll_request(std::string_view subscriptions_json) {
  HttpRequest request{.target = std::string(kLongPollPath)};
  if (!subscriptions_json.empty()) {
    request.target += "?subscriptions=" + percent_encode(subscriptions_json);
  }
  return request;
}

std::vector<std::string> Poll::types() const {
  std::vector<std::string> types;
  for (const auto& event : events) types.push_back(json_at(event, "/type").value_or(""));
  return types;
}

LongPollClient::LongPollClient(std::uint16_t port, std::initializer_list<std::string> types)
    : LongPollClient(port) {
  create(long_poll_request(subscriptions_to(types)));
  read_greeting();
}

HttpReply LongPollClient::create(HttpRequest request) {
  auto reply = this->request(std::move(request));
  if (reply.status != 200 || reply.body != "\"ok\"") {
    throw Failure("the session was refused with " + std::to_string(reply.status) + ": " +
                  reply.body);
  }
  return reply;
}

HttpReply LongPollClient::request(HttpRequest request) {
  cookies_.add_to(request);
  auto reply = http_.request(request);
  cookies_.take(reply);
  return reply;
}

void LongPollClient::send_poll() {
  auto request = long_poll_request();
  cookies_.add_to(request);
  socket().send(to_bytes(request));
}

Poll LongPollClient::read_poll() {
  auto poll = parsed_poll(read_reply(socket()));
  cookies_.take(poll.reply);
  return poll;
}

Poll LongPollClient::poll() {
  send_poll();
  return read_poll();
}

std::string LongPollClient::next_event(Deadline deadline) {
  while (waiting_.empty()) {
    if (deadline.passed()) throw Failure("no poll brings an event");
    waiting_ = poll().events;
  }
  auto event = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  return event;
}

std::string LongPollClient::read_greeting() {
  const auto welcome = next_event();
  if (json_at(welcome, "/type") != "rig.connection.create") {
    throw Failure("no welcome but " + welcome);
  }
  token_ = json_at(welcome, "/data/connection_token").value_or("");
  auto confirmation = next_event();
  if (json_at(confirmation, "/type") != "rig.subscriptions_set") {
    throw Failure("no confirmation of the subscriptions but " + confirmation);
  }
  return confirmation;
}

}  // namespace testkit
