#include "logic/session_messages.hpp"

#include <rig/peers/fields.hpp>

#include <chrono>
#include <cstdint>
#include <utility>

namespace rig::api {
namespace {

using peers::Fields;
using sessions::Connection;
using std::chrono::microseconds;
using std::chrono::system_clock;

constexpr std::string_view kConnection = "connection";

Fields fields_of(const Connection& connection) {
  const auto since =
      std::chrono::duration_cast<microseconds>(connection.since.time_since_epoch()).count();
  return {{"session", connection.session},     {"user", connection.user},
          {"transport", connection.transport}, {"since", std::to_string(since)},
          {"node", connection.node},           {"subscriptions", connection.subscriptions_json}};
}

std::optional<Connection> parse_connection(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields) return std::nullopt;
  const auto since = fields->number<std::int64_t>("since");
  if (!since || fields->text("session").empty()) return std::nullopt;
  Connection connection;
  connection.session = fields->text("session");
  connection.user = fields->text("user");
  connection.transport = fields->text("transport");
  connection.since = system_clock::time_point(
      std::chrono::duration_cast<system_clock::duration>(microseconds(*since)));
  connection.node = fields->text("node");
  connection.subscriptions_json = fields->text("subscriptions");
  return connection;
}

}  // namespace

std::string to_text(const SessionQuestion& question) {
  return Fields{{"after", question.after},
                {"limit", std::to_string(question.limit)},
                {"session", question.session},
                {"user", question.user}}
      .to_text();
}

std::optional<SessionQuestion> parse_session_question(std::string_view text) {
  const auto fields = Fields::parse(text);
  const auto limit = fields ? fields->number<std::size_t>("limit") : std::nullopt;
  if (!limit) return std::nullopt;
  return SessionQuestion{fields->text("after"), *limit, fields->text("session"),
                         fields->text("user")};
}

std::string to_text(const sessions::Page& page) {
  Fields fields;
  for (const auto& connection : page.connections)
    fields.add(kConnection, fields_of(connection).to_text());
  if (page.next) fields.add("next", *page.next);
  return fields.to_text();
}

std::optional<sessions::Page> parse_session_page(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields) return std::nullopt;
  sessions::Page page;
  for (const auto& [name, value] : fields->all()) {
    if (name != kConnection) continue;
    auto connection = parse_connection(value);
    if (!connection) return std::nullopt;
    page.connections.push_back(*std::move(connection));
  }
  if (fields->find("next")) page.next = fields->text("next");
  return page;
}

}  // namespace rig::api
