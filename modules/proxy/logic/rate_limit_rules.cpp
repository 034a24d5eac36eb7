#include "logic/rate_limit_rules.hpp"

#include "logic/claim_path.hpp"

#include <rig/core/assert.hpp>
#include <rig/core/field_syntax.hpp>
#include <rig/core/units.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace rig::proxy {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::string_view kRateLimit = "rate_limit";
constexpr std::string_view kHeader = "header:";
constexpr std::string_view kClaim = "claim:";
constexpr std::int64_t kRequestsMax = 1'000'000;
constexpr milliseconds kPerMax = hours(24);
/// An empty bucket may take no longer to be full again, so that no sum of times overflows.
constexpr milliseconds kRefillMax = hours(24 * 365);

std::optional<std::int64_t> count_of(const json::value& value) {
  if (!value.is_int64()) return std::nullopt;
  const auto count = value.get_int64();
  return count >= 1 && count <= kRequestsMax ? std::optional(count) : std::nullopt;
}

/// A text as settings have it, or milliseconds.
std::optional<milliseconds> period_of(const json::value& value) {
  std::optional<milliseconds> period;
  if (const auto* text = value.if_string()) {
    period = core::parse_duration({text->data(), text->size()});
  } else if (value.is_int64()) {
    period = milliseconds(value.get_int64());
  }
  return period && *period >= milliseconds(1) && *period <= kPerMax ? period : std::nullopt;
}

/// By what clients are told apart; the rest of the limit is left as it is.
bool read_by(std::string_view text, RateLimit& limit) {
  if (text == "address") {
    limit.by = RateLimit::By::kAddress;
    return true;
  }
  if (text.starts_with(kHeader)) {
    limit.by = RateLimit::By::kHeader;
    limit.header = text.substr(kHeader.size());
    return is_token(limit.header);
  }
  if (!text.starts_with(kClaim)) return false;
  limit.by = RateLimit::By::kClaim;
  auto path = parse_claim_path(text.substr(kClaim.size()));
  if (path) limit.claim = *std::move(path);
  return path.has_value();
}

void check_by(const json::object& limit, bool has_tokens, const FaultList& faults) {
  const auto* value = member(limit, "by");
  if (value == nullptr) return;
  RateLimit read;
  if (!value->is_string() || !read_by(text_of(limit, "by"), read))
    return faults.add("rate_limit.by", "must be address, header:NAME or claim:NAME");
  if (read.by == RateLimit::By::kClaim && !has_tokens)
    faults.add("rate_limit.by", "must not be a claim where no token is asked for");
}

}  // namespace

void check_rate_limit(const json::object& of, bool has_tokens, const FaultList& faults) {
  const auto* value = member(of, kRateLimit);
  if (value == nullptr) return;
  const auto* limit = value->if_object();
  if (limit == nullptr) return faults.add(kRateLimit, kMustBeObject);
  const auto* requests = member(*limit, "requests");
  const auto count = requests == nullptr ? std::nullopt : count_of(*requests);
  if (!count) faults.add("rate_limit.requests", "must be integer from 1 to 1000000");
  const auto* per = member(*limit, "per");
  const auto period = per == nullptr ? std::nullopt : period_of(*per);
  if (!period) faults.add("rate_limit.per", R"(must be a time from 1ms to 24h, as "1s")");
  const auto* burst = member(*limit, "burst");
  const auto depth = burst == nullptr ? count : count_of(*burst);
  if (burst != nullptr && !depth)
    faults.add("rate_limit.burst", "must be integer from 1 to 1000000");
  const bool is_endless = count && period && depth && *period * *depth / *count > kRefillMax;
  if (is_endless) faults.add("rate_limit.burst", "must not take more than a year to come back");
  check_by(*limit, has_tokens, faults);
}

std::optional<RateLimit> read_rate_limit(const json::object& of, std::string_view owner) {
  const auto* value = member(of, kRateLimit);
  if (value == nullptr) return std::nullopt;
  const auto& object = value->get_object();
  RateLimit limit;
  limit.requests = object.at("requests").get_int64();
  const auto period = period_of(object.at("per"));
  RIG_ASSERT(period.has_value());
  limit.per = *period;
  const auto* burst = member(object, "burst");
  const auto depth = burst == nullptr ? limit.requests : burst->get_int64();
  limit.rate = TokenBucket::Rate::of(limit.requests, limit.per, depth);
  const auto by = member(object, "by") == nullptr ? "address" : text_of(object, "by");
  const bool is_known = read_by(by, limit);
  RIG_ASSERT(is_known);
  limit.scope.append(owner).append(" ").append(std::to_string(limit.requests)).append(" ");
  limit.scope.append(std::to_string(limit.per.count())).append(" ");
  limit.scope.append(std::to_string(depth)).append(" ").append(by);
  return limit;
}

}  // namespace rig::proxy
