#include "logic/suggestions.hpp"

#include <rig/core/escape.hpp>
#include <rig/core/units.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <utility>

namespace rig::core {
namespace {

constexpr std::size_t kDistanceMax = 2;
constexpr std::size_t kLengthMin = 6;  // shorter names are near to too many others

constexpr std::array<std::string_view, 13> kOurPrefixes = {
    "RIG_",   "INBOUND_", "API_",           "HTTPS_",        "LOG_",     "JWT_",       "PROXY_",
    "KAFKA_", "NATS_",    "KAFKATOFILTER_", "NATSTOFILTER_", "KINESIS_", "PROMETHEUS_"};

// Names that look like ours and that other programs and images are known to use.
constexpr std::array<std::string_view, 10> kOthers = {
    "API_KEY",    "API_TOKEN",       "API_URL",        "HTTPS_PROXY", "KAFKA_HOME",
    "KAFKA_OPTS", "KAFKA_HEAP_OPTS", "KAFKA_JMX_OPTS", "LOG_DIR",     "NODE_HOME"};

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `X_PORT_4000_TCP`, `X_PORT_4000_TCP_ADDR`
bool is_published_port(std::string_view name) {
  for (const std::string_view end : {"_PROTO", "_PORT", "_ADDR"}) {
    if (name.ends_with(end)) {
      name.remove_suffix(end.size());
      break;
    }
  }
  for (const std::string_view protocol : {"_TCP", "_UDP", "_SCTP"}) {
    if (!name.ends_with(protocol)) continue;
    name.remove_suffix(protocol.size());
    const auto last = name.rfind('_');
    return last != std::string_view::npos && is_number(name.substr(last + 1)) &&
           name.substr(0, last).ends_with("_PORT");
  }
  return false;
}

bool is_service_address(std::string_view name) {
  return name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT") ||
         name.find("_SERVICE_PORT_") != std::string_view::npos;
}

/// What Kubernetes and Docker put into each container for every service or link. A service that is
/// called rig gives names that look very much like settings.
bool is_injected(std::string_view name, std::string_view value) {
  if (is_service_address(name) || is_published_port(name)) return true;
  if (name.ends_with("_PORT") && value.find("://") != std::string_view::npos) return true;
  if (name.ends_with("_NAME") && value.starts_with('/')) return true;
  return name.find("_ENV_") != std::string_view::npos;
}

bool starts_like_ours(std::string_view name) {
  return std::ranges::any_of(kOurPrefixes,
                             [name](std::string_view prefix) { return name.starts_with(prefix); });
}

std::vector<std::string_view> words(std::string_view name) {
  std::vector<std::string_view> out;
  for (const auto word : name | std::views::split('_')) out.emplace_back(word.begin(), word.end());
  return out;
}

/// True for `API_PORT` and `API_HTTP_PORT`: one word is missing, the others are there in order.
bool lacks_one_word(std::string_view name, std::string_view known) {
  const auto few = words(name);
  const auto many = words(known);
  if (few.size() < 2 || many.size() != few.size() + 1) return false;
  std::size_t next = 0;
  for (const std::string_view word : many) {
    if (next < few.size() && few[next] == word) ++next;
  }
  return next == few.size();
}

/// How far `name` is from a setting; empty if it can hardly stand for it.
std::optional<std::size_t> distance_to(std::string_view name, std::string_view setting) {
  const std::size_t distance = edit_distance(name, setting);
  if (distance <= kDistanceMax) return distance;
  if (lacks_one_word(name, setting)) return kDistanceMax + 1;
  return std::nullopt;
}

struct Suggestion {
  std::string_view setting;
  std::size_t distance;
};

/// The setting that `name` most likely stands for. Among equals the shortest, then the first.
std::optional<Suggestion> nearest(std::string_view name, const std::set<std::string_view>& known) {
  std::optional<Suggestion> best;
  for (const std::string_view setting : known) {
    const auto distance = distance_to(name, setting);
    if (!distance) continue;
    const auto rank = std::pair(*distance, setting.size());
    if (!best || rank < std::pair(best->distance, best->setting.size()))
      best = Suggestion{setting, *distance};
  }
  return best;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::vector<std::string> unknown_settings(const EnvSnapshot& env,
                                          const std::set<std::string_view>& known) {
  std::vector<std::string> sentences;
  for (const auto& [name, value] : env) {
    if (known.contains(name) || name.size() < 4 || name.size() > 100) continue;
    const std::string upper = upper_case(name);
    if (is_injected(upper, value) || std::ranges::find(kOthers, upper) != kOthers.end()) continue;
    const bool is_ours = starts_like_ours(upper);
    std::optional<Suggestion> meant;
    if (is_ours || upper.size() >= kLengthMin) meant = nearest(upper, known);
    // Only a misspelling counts as evidence when the name does not start like ours.
    if (!is_ours && (!meant || meant->distance > kDistanceMax)) continue;
    std::string sentence = one_line(name) + " is not a setting of RIG";
    if (meant) sentence.append("; did you mean ").append(meant->setting).append("?");
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace rig::core
