#include "logic/notices.hpp"

#include <rig/cloudevents/codec.hpp>

#include <array>
#include <ctime>

namespace rig::transport {
namespace {

std::string_view name_of(subscriptions::Gap::Reason reason) noexcept {
  switch (reason) {
    case subscriptions::Gap::Reason::kExpired: return "expired";
    case subscriptions::Gap::Reason::kUnknown: return "unknown";
    case subscriptions::Gap::Reason::kRestarted: return "restarted";
    case subscriptions::Gap::Reason::kOverflow: return "overflow";
  }
  return "?";
}

/// RFC 3339, or null for what is no time of a calendar.
std::string time_or_null(std::uint64_t seconds) {
  constexpr std::uint64_t kYear9999 = 253'402'300'799;
  if (seconds == 0 || seconds > kYear9999) return "null";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "\"%Y-%m-%dT%H:%M:%SZ\"", &parts);
  return {text.data(), size};
}

}  // namespace

std::string connection_created(std::string_view token) {
  return std::string(R"({"connection_token":")").append(token).append(R"("})");
}

std::string subscriptions_as_json(const subscriptions::SubscriptionList& list) {
  std::string json = "[";
  for (const auto& subscription : list) {
    if (json.size() > 1) json += ',';
    json += subscription.json;
  }
  json += ']';
  json.shrink_to_fit();
  return json;
}

void SubscriptionsState::ask(const subscriptions::SubscriptionList& list) {
  if (!std::exchange(is_confirmed_, false)) {
    if (!overtaken_) overtaken_ = std::make_unique<std::vector<std::string>>();
    if (overtaken_->size() < kOvertakenMax) overtaken_->push_back(std::move(latest_));
  }
  latest_ = subscriptions_as_json(list);
}

std::string gap_data(const subscriptions::Gap& gap) {
  return std::string(R"({"reason":")")
      .append(name_of(gap.reason))
      .append(R"(","since":)")
      .append(time_or_null(gap.since))
      .append("}");
}

std::string expiry_data(std::chrono::system_clock::time_point expires_at,
                        std::chrono::seconds left) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(expires_at.time_since_epoch());
  return std::string(R"({"expires_at":)")
      .append(time_or_null(static_cast<std::uint64_t>(seconds.count())))
      .append(R"(,"seconds":)")
      .append(std::to_string(left.count()))
      .append("}");
}

std::string error_data(std::string_view message) {
  return std::string(R"({"message":)").append(cloudevents::quote_json(message)).append("}");
}

}  // namespace rig::transport
