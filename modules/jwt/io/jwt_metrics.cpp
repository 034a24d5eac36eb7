#include "io/jwt_metrics.hpp"

#include <string>
#include <string_view>

namespace rig::jwt {
namespace {

metrics::Counter& verifications(metrics::Registry& registry, std::string_view result) {
  return registry.counter({"rig_jwt_verifications_total", "Tokens that were checked, by result"},
                          {{"result", std::string(result)}});
}

metrics::Counter& refreshes(metrics::Registry& registry, std::string_view result) {
  return registry.counter(
      {"rig_jwt_key_refreshes_total", "Fetches of the issuer's keys, by result"},
      {{"result", std::string(result)}});
}

}  // namespace

JwtMetrics::JwtMetrics(metrics::Registry& registry)
    : cache_hits(registry.counter(
          {"rig_jwt_cache_hits_total", "Tokens that were known to be valid from a check before"})),
      refreshes_changed(refreshes(registry, "changed")),
      refreshes_unchanged(refreshes(registry, "unchanged")),
      refreshes_unreachable(refreshes(registry, "unreachable")),
      refreshes_bad_answer(refreshes(registry, "bad_answer")),
      keys(registry.gauge({"rig_jwt_keys", "Keys that tokens are checked with"})),
      waiting(registry.gauge(
          {"rig_jwt_waiting", "Tokens that are being checked by a thread, or wait for one"})),
      valid_(verifications(registry, "valid")) {
  for (std::size_t i = 0; i < kRefusals; ++i)
    refused_[i] = &verifications(registry, name_of(static_cast<Refusal>(i)));
}

void JwtMetrics::note(const Verdict& verdict) noexcept {
  if (verdict.has_value()) {
    valid_.add();
  } else {
    refused_[static_cast<std::size_t>(verdict.error())]->add();
  }
}

}  // namespace rig::jwt
