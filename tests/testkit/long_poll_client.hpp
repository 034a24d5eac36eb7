#pragma once

#include "http.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

inline constexpr std::string_view kLongPollPath = "/_rig/v1/connection/longpolling";

/// The cookies of a client. A value goes back exactly as it came, its quotes included.
class CookieJar {
 public:
  /// Takes what the answer sets. Throws Failure if a `set-cookie` is not of RFC 6265, 4.1.1.
  void take(const HttpReply& reply);
  /// Sends all of them.
  void add_to(HttpRequest& request) const;

  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  /// The attributes that the cookie came with ("HttpOnly", "Path=/"), in order.
  [[nodiscard]] std::vector<std::string> attributes(std::string_view name) const;
  void set(std::string name, std::string value);
  void forget(std::string_view name);

 private:
  struct Cookie {
    std::string value;
    std::vector<std::string> attributes;
  };
  std::map<std::string, Cookie, std::less<>> cookies_;
};

/// The request that creates a session with these subscriptions (JSON; none if empty).
[[nodiscard]] HttpRequest long_poll_request(std::string_view subscriptions_json = {});

/// The answer to a poll.
struct Poll {
  HttpReply reply;
  std::string last_event_id;
  std::vector<std::string> events;  ///< the JSON of each, oldest first

  [[nodiscard]] std::vector<std::string> types() const;
};

/// A client of long polling that keeps its connection and its cookies between two requests.
class LongPollClient {
 public:
  /// No request is sent yet.
  explicit LongPollClient(std::uint16_t port) : http_(port) {}
  /// Subscribed to these types, with the welcome and the confirmation already polled.
  LongPollClient(std::uint16_t port, std::initializer_list<std::string> types);

  /// Sends the request that creates the session, which must be answered "ok".
  HttpReply create(HttpRequest request = long_poll_request());
  /// A poll, which must be answered with events or none. Throws Closed if the session is over.
  Poll poll();
  /// Polls that far that the welcome and the confirmation were there; returns the latter.
  std::string read_greeting();
  /// The next event, from as many polls as it takes.
  std::string next_event(Deadline deadline = Deadline{});
  /// Any request of this client, with its cookies; what the answer sets is kept.
  HttpReply request(HttpRequest request);
  /// The two halves of a poll, for a client that does something in between.
  void send_poll();
  Poll read_poll();

  /// Of the connection; known once the welcome was read.
  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] CookieJar& cookies() { return cookies_; }
  [[nodiscard]] RawSocket& socket() { return http_.socket(); }

 private:
  HttpClient http_;
  CookieJar cookies_;
  std::vector<std::string> waiting_;  ///< events of the last poll that nobody asked for yet
  std::string token_;
};

}  // namespace testkit
