#include "metrics.hpp"

#include "http.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

namespace testkit {
namespace {

bool matches(const Metrics::Labels& wanted, const Metrics::Labels& labels) {
  return std::ranges::all_of(wanted, [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second == label.second;
  });
}

// `name="value",…}`; returns what follows the closing brace.
std::string_view parse_labels(std::string_view text, Metrics::Labels& labels) {
  while (!text.starts_with('}')) {
    const auto equals = text.find("=\"");
    if (equals == std::string_view::npos) throw Failure("labels of a metric: " + std::string(text));
    const auto name = std::string(text.substr(0, equals));
    text.remove_prefix(equals + 2);
    std::string value;
    while (!text.empty() && text.front() != '"') {
      if (text.front() == '\\' && text.size() > 1) {
        text.remove_prefix(1);
        value += text.front() == 'n' ? '\n' : text.front();
      } else {
        value += text.front();
      }
      text.remove_prefix(1);
    }
    if (text.empty()) throw Failure("a label of a metric does not end");
    text.remove_prefix(1);
    if (text.starts_with(',')) text.remove_prefix(1);
    labels[name] = std::move(value);
  }
  return text.substr(1);
}

}  // namespace

Metrics::Sample Metrics::parse_sample(std::string_view line) {
  Sample sample;
  const auto name_end = line.find_first_of("{ ");
  if (name_end == std::string_view::npos || name_end == 0) {
    throw Failure("not a sample: '" + std::string(line) + "'");
  }
  sample.name = line.substr(0, name_end);
  auto rest = line.substr(name_end);
  if (rest.starts_with('{')) rest = parse_labels(rest.substr(1), sample.labels);
  const std::string value(rest);
  char* end = nullptr;
  sample.value = std::strtod(value.c_str(), &end);
  if (end == value.c_str()) throw Failure("a sample without a value: '" + std::string(line) + "'");
  return sample;
}

Metrics Metrics::parse(std::string_view text) {
  Metrics metrics;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) throw Failure("the last line of the metrics does not end");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.starts_with("# TYPE ")) {
      const auto space = line.find(' ', 7);
      const auto name = std::string(line.substr(7, space - 7));
      if (!metrics.types_.try_emplace(name, line.substr(space + 1)).second) {
        throw Failure("two TYPE lines for " + name);
      }
    } else if (!line.empty() && !line.starts_with('#')) {
      metrics.samples_.push_back(parse_sample(line));
    }
  }
  return metrics;
}

Metrics Metrics::scrape(std::uint16_t api_port, std::string_view token) {
  HttpRequest request{.target = "/metrics"};
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + std::string(token));
  const auto reply = fetch(api_port, request);
  if (reply.status != 200) throw Failure("/metrics answers " + std::to_string(reply.status));
  return parse(reply.body);
}

double Metrics::sum(std::string_view name, const Labels& labels) const {
  double total = 0;
  for (const auto& sample : samples_) {
    if (sample.name == name && matches(labels, sample.labels)) total += sample.value;
  }
  return total;
}

bool Metrics::has(std::string_view name, const Labels& labels) const {
  return std::ranges::any_of(samples_, [&](const auto& sample) {
    return sample.name == name && matches(labels, sample.labels);
  });
}

std::string Metrics::type_of(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? std::string{} : found->second;
}

std::vector<std::string> Metrics::names() const {
  std::set<std::string> unique;
  for (const auto& sample : samples_) unique.insert(sample.name);
  return {unique.begin(), unique.end()};
}

}  // namespace testkit
