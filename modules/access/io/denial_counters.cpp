#include "io/denial_counters.hpp"

#include "logic/denials.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace rig::access {
namespace {

constexpr metrics::Description kDenied{"rig_access_denied_total",
                                       "Requests that were refused, by reason"};
constexpr std::string_view kOther = "other";

/// What may be wrong with a token, wherever it is shown.
std::vector<Denial> denials_of_tokens() {
  std::vector<Denial> denials{too_many_tokens(), session_blacklisted({})};
  constexpr auto kLast = static_cast<std::uint8_t>(jwt::Refusal::kOverloaded);
  for (std::uint8_t i = 0; i <= kLast; ++i)
    denials.push_back(token_refused(static_cast<jwt::Refusal>(i)));
  return denials;
}

std::vector<Denial> denials_of(Action action) {
  switch (action) {
    case Action::kIdentify: return {};
    case Action::kSubscribe:
    case Action::kSubmit: return {token_missing(), denied_by_service(403), service_unavailable()};
    case Action::kManage: return {token_missing(), credential_refused(), claim_missing({})};
    case Action::kAuthenticate: return {token_missing(), claim_missing({})};
  }
  return {};
}

}  // namespace

std::string_view name_of(Action action) noexcept {
  constexpr std::array<std::string_view, kActions> kNames{"identify", "subscribe", "submit",
                                                          "manage", "authenticate"};
  return kNames[static_cast<std::size_t>(action)];
}

DenialCounters::DenialCounters(metrics::Registry& registry) {
  for (std::size_t i = 0; i < kActions; ++i) {
    const auto action = static_cast<Action>(i);
    const auto counter = [&](std::string_view reason) -> metrics::Counter& {
      return registry.counter(
          kDenied, {{"action", std::string(name_of(action))}, {"reason", std::string(reason)}});
    };
    for (auto denials : {denials_of_tokens(), denials_of(action)}) {
      for (auto& denial : denials) {
        auto& cell = counter(denial.reason);
        counters_[i].push_back({std::move(denial.reason), &cell});
      }
    }
    others_[i] = &counter(kOther);
  }
}

void DenialCounters::add(Action action, std::string_view reason) noexcept {
  const auto i = static_cast<std::size_t>(action);
  const auto found = std::ranges::find(counters_[i], reason, &Entry::reason);
  (found != counters_[i].end() ? found->counter : others_[i])->add();
}

}  // namespace rig::access
