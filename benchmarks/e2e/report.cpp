#include "report.hpp"

#include <algorithm>
#include <concepts>
#include <cstdarg>
#include <cstdio>
#include <string_view>

namespace rig::bench {
namespace {

double ratio(double a, double b) { return b > 0 ? a / b : 0; }
double ratio(double a, std::uint64_t b) { return ratio(a, static_cast<double>(b)); }

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...) {
  std::string text(512, '\0');
  va_list arguments;
  va_start(arguments, pattern);
  const int size = std::vsnprintf(text.data(), text.size(), pattern, arguments);
  va_end(arguments);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

class JsonObject {
 public:
  void add(std::string_view name, std::string_view text) {
    add_raw(name, '"' + std::string(text) + '"');  // our texts have nothing to escape
  }
  void add(std::string_view name, bool value) { add_raw(name, value ? "true" : "false"); }
  void add(std::string_view name, double value) { add_raw(name, format("%.6g", value)); }
  void add(std::string_view name, std::unsigned_integral auto value) {
    add_raw(name, std::to_string(value));
  }
  void add(const std::string& name, const Histogram& times) {
    add(name + "_p50_ms", to_millis(times.percentile(0.5)));
    add(name + "_p99_ms", to_millis(times.percentile(0.99)));
    add(name + "_p999_ms", to_millis(times.percentile(0.999)));
    add(name + "_max_ms", to_millis(times.max()));
  }
  std::string str() const { return text_ + '}'; }

 private:
  void add_raw(std::string_view name, std::string_view value) {
    text_ += text_.size() > 1 ? ",\"" : "\"";
    text_ += name;
    text_ += "\":";
    text_ += value;
  }

  std::string text_ = "{";
};

/// The numbers that both outputs show.
struct Figures {
  double connects_per_s, cpu_us_per_connect, pss_bytes_per_connection, rss_bytes_per_connection;
  double deliveries_per_s, cpu_us_per_delivery, accepted_per_s, cpu_us_per_publish;
  double server_cores, own_cores, other_cores;
};

Figures figures_of(const RunResult& result) {
  const PhaseResult& phase = result.measured;
  const auto growth = [&](std::uint64_t ProcessMemory::* bytes) {
    const double more = static_cast<double>(result.memory_idle.*bytes) -
                        static_cast<double>(result.memory_before.*bytes);
    return ratio(more, result.ready);
  };
  const double wall = to_seconds(phase.usage.wall);
  Figures figures{};
  figures.connects_per_s = ratio(static_cast<double>(result.ready), to_seconds(result.connecting));
  figures.cpu_us_per_connect = ratio(to_micros(result.connect_usage.server_cpu), result.ready);
  figures.pss_bytes_per_connection = growth(&ProcessMemory::pss_bytes);
  figures.rss_bytes_per_connection = growth(&ProcessMemory::rss_bytes);
  figures.deliveries_per_s =
      ratio(static_cast<double>(phase.delivered.delivered), to_seconds(phase.delivering));
  figures.cpu_us_per_delivery = ratio(to_micros(phase.usage.server_cpu), phase.delivered.delivered);
  figures.accepted_per_s =
      ratio(static_cast<double>(phase.published.accepted), to_seconds(phase.publishing));
  figures.cpu_us_per_publish = ratio(to_micros(phase.usage.server_cpu), phase.published.accepted);
  figures.server_cores = ratio(to_seconds(phase.usage.server_cpu), wall);
  figures.own_cores = ratio(to_seconds(phase.usage.own_cpu), wall);
  figures.other_cores = std::max(phase.usage.other_cores(), result.connect_usage.other_cores());
  return figures;
}

void add_options(JsonObject& json, const Options& options) {
  json.add("label", options.label);
  json.add("peer", peer_name(options.peer));
  json.add("connections", options.connections);
  json.add("connect_window", options.connect_window);
  json.add("keys", options.keys);
  json.add("publishers", options.publishers);
  json.add("payload", options.payload);
  json.add("rate", options.rate);
  json.add("window", options.window);
  json.add("duration_s", options.duration);
}

}  // namespace

std::string to_json(const Options& options, const RunResult& result) {
  const PhaseResult& phase = result.measured;
  const Figures figures = figures_of(result);
  JsonObject json;
  add_options(json, options);
  json.add("clean", result.is_clean());
  json.add("ready", result.ready);
  json.add("connect_failures", result.connect_failures);
  json.add("disconnects", result.disconnects);
  json.add("connects_per_s", figures.connects_per_s);
  json.add("connect", result.connect_time);
  json.add("server_cpu_us_per_connect", figures.cpu_us_per_connect);
  json.add("server_rss_bytes_before", result.memory_before.rss_bytes);
  json.add("server_pss_bytes_per_connection", figures.pss_bytes_per_connection);
  json.add("server_rss_bytes_per_connection", figures.rss_bytes_per_connection);

  json.add("expected", result.expected);
  json.add("lost", result.lost());
  json.add("duplicated", result.delivered.duplicated);
  json.add("misrouted", result.delivered.misrouted);
  json.add("reordered", result.delivered.reordered);
  json.add("damaged", result.delivered.damaged);
  json.add("refused", result.published.refused);
  json.add("unsent", phase.unsent);

  json.add("published", phase.published.published);
  json.add("accepted_per_s", figures.accepted_per_s);
  json.add("answer", result.answer_time);
  json.add("delivered", phase.delivered.delivered);
  json.add("deliveries_per_s", figures.deliveries_per_s);
  json.add("latency", result.latency);
  json.add("bytes_per_delivery",
           ratio(static_cast<double>(phase.delivered.bytes), phase.delivered.delivered));
  json.add("server_cpu_us_per_delivery", figures.cpu_us_per_delivery);
  json.add("server_cpu_us_per_publish", figures.cpu_us_per_publish);
  json.add("server_cores", figures.server_cores);
  json.add("load_cores", figures.own_cores);
  json.add("other_cores", figures.other_cores);
  return json.str();
}

std::string to_line(const Options& options, const RunResult& result) {
  const PhaseResult& phase = result.measured;
  const DeliveryCounts& delivered = result.delivered;
  const Figures figures = figures_of(result);
  const auto count = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::string line(options.label.empty() ? peer_name(options.peer) : options.label);
  if (options.connections > 0) {
    line += format(" | %zu clients, %.0f connects/s, %.1f us and %.0f B each", result.ready,
                   figures.connects_per_s, figures.cpu_us_per_connect,
                   figures.pss_bytes_per_connection);
  }
  if (phase.delivered.delivered > 0) {
    line += format(" | %.0f deliveries/s, %.2f us each, ms: p50 %.2f p99 %.2f p99.9 %.2f max %.2f",
                   figures.deliveries_per_s, figures.cpu_us_per_delivery,
                   to_millis(result.latency.percentile(0.5)),
                   to_millis(result.latency.percentile(0.99)),
                   to_millis(result.latency.percentile(0.999)), to_millis(result.latency.max()));
  } else if (phase.published.published > 0) {
    line += format(" | %.0f publishes/s, %.2f us each", figures.accepted_per_s,
                   figures.cpu_us_per_publish);
  }
  line += format(" | cores: server %.2f load %.2f other %.2f", figures.server_cores,
                 figures.own_cores, figures.other_cores);
  if (result.is_clean()) {
    return line + format(" | %llu deliveries right", count(delivered.delivered));
  }
  return line + format(
                    " | NOT CLEAN: of %llu lost %llu duplicated %llu misrouted %llu reordered "
                    "%llu damaged %llu; %zu never subscribed, %zu disconnected, "
                    "%llu publishes refused, %llu unsent",
                    count(result.expected), count(result.lost()), count(delivered.duplicated),
                    count(delivered.misrouted), count(delivered.reordered),
                    count(delivered.damaged), result.connect_failures, result.disconnects,
                    count(result.published.refused), count(phase.unsent));
}

}  // namespace rig::bench
