#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

/// One scrape, in Prometheus' text format 0.0.4.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  /// Throws Failure at a line that the format does not allow.
  static Metrics parse(std::string_view text);
  /// `token`: the credential of the management API, if it asks for one.
  static Metrics scrape(std::uint16_t api_port, std::string_view token = {});

  /// The sum of all samples of that name that have these labels (and maybe others); 0 if none.
  [[nodiscard]] double sum(std::string_view name, const Labels& labels = {}) const;
  [[nodiscard]] bool has(std::string_view name, const Labels& labels = {}) const;
  /// "counter", "gauge", "histogram"; empty if the scrape does not say.
  [[nodiscard]] std::string type_of(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Sample {
    std::string name;
    Labels labels;
    double value = 0;
  };
  static Sample parse_sample(std::string_view line);

  std::vector<Sample> samples_;
  std::map<std::string, std::string, std::less<>> types_;
};

}  // namespace testkit
