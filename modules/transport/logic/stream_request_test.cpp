#include "logic/stream_request.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

/// Accepts `[]` and gives everything else back as the reason.
class Parser final : public subscriptions::Subscriptions {
 public:
  [[nodiscard]] boost::system::result<subscriptions::SubscriptionList, std::string> parse(
      std::string_view json) const override {
    const auto named = [](const std::string& name) {
      return subscriptions::Subscription{name, {}, name};
    };
    if (json == "[]") return subscriptions::SubscriptionList{named("a"), named("b")};
    if (json == "twice") return subscriptions::SubscriptionList{named("a"), named("b"), named("a")};
    return std::string(json);
  }
  [[nodiscard]] boost::system::result<subscriptions::SubscriptionList, subscriptions::RequestError>
  parse_request(std::string_view /*json*/) const override {
    return subscriptions::SubscriptionList();
  }
  [[nodiscard]] boost::system::result<subscriptions::SubscriptionList, std::string> permitted(
      subscriptions::SubscriptionList asked,
      std::span<const boost::json::object* const> /*claims*/) const override {
    return asked;
  }
  [[nodiscard]] boost::system::result<subscriptions::SubscriptionList, std::string> narrowed(
      subscriptions::SubscriptionList asked,
      std::span<const boost::json::object* const> /*claims*/) const override {
    return asked;
  }
  void replace(subscriptions::Subscriber& /*subscriber*/,
               subscriptions::SubscriptionList /*list*/) override {}
  void resume(subscriptions::Subscriber& /*subscriber*/, subscriptions::SubscriptionList /*list*/,
              std::string_view /*cursor*/) override {}
  void continue_replay(subscriptions::Subscriber& /*subscriber*/) override {}
  [[nodiscard]] subscriptions::Cursor cursor() const override { return {}; }
  [[nodiscard]] subscriptions::Cursor cursor_of(
      const cloudevents::Event& /*event*/) const noexcept override {
    return {};
  }
  void remove(subscriptions::Subscriber& /*subscriber*/) noexcept override {}
};

auto ask(std::string target, std::string_view last_event_id = {}) {
  HttpRequest request;
  if (!last_event_id.empty()) request.headers.add("Last-Event-ID", last_event_id);
  request.target = std::move(target);
  return parse_stream_request(request, Parser());
}

TEST(StreamRequest, SubscriptionsAreOptional) {
  EXPECT_EQ(ask("/sse")->subscriptions.size(), 0u);
  EXPECT_EQ(ask("/sse?subscriptions=")->subscriptions.size(), 0u);
  EXPECT_EQ(ask("/sse?subscriptions=%5B%5D")->subscriptions.size(), 2u);
}

TEST(StreamRequest, RepeatedSubscriptionsAreOne) {
  EXPECT_EQ(ask("/sse?subscriptions=twice")->subscriptions.size(), 2u);
}

TEST(StreamRequest, ErrorsReadAsInTheFirstRig) {
  EXPECT_EQ(ask("/sse?subscriptions=Failed+to+decode+subscription+list:+x").error(),
            "Failed to decode subscription list: x");
  EXPECT_EQ(ask("/sse?subscriptions=invalid+subscription:+event-type+empty").error(),
            "could not parse subscriptions: could not parse subscription from JSON: "
            "invalid subscription: event-type empty");
  EXPECT_EQ(ask("/sse?subscriptions=no+list").error(),
            "could not parse subscriptions: could not decode subscriptions: no list");
}

TEST(StreamRequest, ACursorComesByHeaderOrQueryAndTheHeaderIsNewer) {
  EXPECT_EQ(ask("/sse")->cursor, std::nullopt);
  EXPECT_EQ(ask("/sse?last_event_id=")->cursor, std::nullopt);
  EXPECT_EQ(ask("/sse?last_event_id=a-1-2")->cursor, "a-1-2");
  EXPECT_EQ(ask("/sse", "a-3-4")->cursor, "a-3-4");
  EXPECT_EQ(ask("/sse?last_event_id=a-1-2", "a-3-4")->cursor, "a-3-4");
}

TEST(StreamRequest, CursorsInEventsAreForThoseWhoAsk) {
  EXPECT_FALSE(ask("/ws")->wants_cursors);
  EXPECT_FALSE(ask("/ws?rigcursor=no")->wants_cursors);
  EXPECT_TRUE(ask("/ws?rigcursor=true")->wants_cursors);
}

}  // namespace
}  // namespace rig::transport
