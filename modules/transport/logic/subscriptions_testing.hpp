#pragma once

#include <rig/subscriptions/subscriptions.hpp>

#include <span>
#include <string>
#include <string_view>

namespace rig::transport {

/// For tests of requests. A list is what the text says: `[a]` and `{[a]}` are one subscription,
/// `[]` and `{[]}` none, `{}` has no list, `?` is no JSON, and `[x]` is refused.
class FakeSubscriptions final : public subscriptions::Subscriptions {
 public:
  using List = subscriptions::SubscriptionList;

  [[nodiscard]] boost::system::result<List, std::string> parse(
      std::string_view json) const override {
    if (json == "[]") return List();
    if (json == "[a]") {
      List list(1);
      list.front().json = R"({"eventType":"a","oneOf":[]})";
      return list;
    }
    if (json == "[x]") return std::string("invalid subscription: event-type empty");
    if (json == "{}" || json == "[")
      return "Failed to decode subscription list: " + std::string(json);
    return std::string("subscriptions is expected to be a JSON encoded list");
  }
  [[nodiscard]] boost::system::result<List, subscriptions::RequestError> parse_request(
      std::string_view json) const override {
    using Reason = subscriptions::RequestError::Reason;
    using Error = subscriptions::RequestError;
    if (json == "?" || json.empty()) return Error{Reason::kNotJson, "syntax error"};
    if (!json.starts_with('{') || json == "{}") return Error{Reason::kNoSubscriptions, "no list"};
    auto list = parse(json.substr(1, json.size() - 2));
    if (!list) return Error{Reason::kInvalid, list.error()};
    return *std::move(list);
  }
  [[nodiscard]] boost::system::result<List, std::string> permitted(
      List asked, std::span<const boost::json::object* const> /*claims*/) const override {
    return asked;
  }
  [[nodiscard]] boost::system::result<List, std::string> narrowed(
      List asked, std::span<const boost::json::object* const> /*claims*/) const override {
    return asked;
  }
  void replace(subscriptions::Subscriber& /*subscriber*/, List /*list*/) override {}
  void resume(subscriptions::Subscriber& /*subscriber*/, List /*list*/,
              std::string_view /*cursor*/) override {}
  void continue_replay(subscriptions::Subscriber& /*subscriber*/) override {}
  [[nodiscard]] subscriptions::Cursor cursor() const override { return {}; }
  [[nodiscard]] subscriptions::Cursor cursor_of(
      const cloudevents::Event& /*event*/) const noexcept override {
    return {};
  }
  void remove(subscriptions::Subscriber& /*subscriber*/) noexcept override {}
};

}  // namespace rig::transport
