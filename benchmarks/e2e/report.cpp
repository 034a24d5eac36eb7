#include "report.hpp"

#include <algorithm>

#include "json_object.hpp"

namespace rig::bench {
namespace {

/// The numbers that both outputs show.
struct Figures {
  double connects_per_s, cpu_us_per_connect, pss_bytes_per_connection;
  double deliveries_per_s, cpu_us_per_delivery, accepted_per_s, cpu_us_per_publish;
  double server_cores, own_cores, other_cores;
};

/// Bytes that each further client costs.
double growth(const IdleMemory& few, const IdleMemory& many,
              std::uint64_t ProcessMemory::* bytes = &ProcessMemory::pss_bytes) {
  const double more =
      static_cast<double>(many.memory.*bytes) - static_cast<double>(few.memory.*bytes);
  return ratio(more, static_cast<double>(many.clients) - static_cast<double>(few.clients));
}

Figures figures_of(const RunResult& result) {
  const PhaseResult& phase = result.measured;
  const double wall = to_seconds(phase.usage.wall);
  Figures figures{};
  figures.connects_per_s = ratio(static_cast<double>(result.ready), to_seconds(result.connecting));
  figures.cpu_us_per_connect = ratio(to_micros(result.connect_usage.server_cpu), result.ready);
  figures.pss_bytes_per_connection = growth(result.before, result.idle);
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
  json.add("transport", transport_name(options.transport));
  json.add("connections", options.connections);
  json.add("connect_window", options.connect_window);
  json.add("connect_rate", options.connect_rate);
  json.add("keys", options.keys);
  json.add("publishers", options.publishers);
  json.add("payload", options.payload);
  json.add("rate", options.rate);
  json.add("window", options.window);
  json.add("duration_s", options.duration);
}

void add_totals(JsonObject& json, const Totals& totals) {
  json.add("clean", totals.is_clean());
  json.add("connect_failures", totals.connect_failures);
  json.add("disconnects", totals.disconnects);
  json.add("expected", totals.expected);
  json.add("lost", totals.lost());
  json.add("duplicated", totals.delivered.duplicated);
  json.add("misrouted", totals.delivered.misrouted);
  json.add("reordered", totals.delivered.reordered);
  json.add("damaged", totals.delivered.damaged);
  json.add("with_id", totals.delivered.with_id);
  json.add("bad_ids", totals.delivered.bad_ids);
  json.add("gaps", totals.delivered.gaps);
  json.add("refused", totals.published.refused);
  json.add("unsent", totals.unsent);
}

std::string judgement(const Totals& totals) {
  const auto count = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  const DeliveryCounts& delivered = totals.delivered;
  if (totals.is_clean()) {
    return format(" | %llu deliveries right", count(delivered.delivered));
  }
  return format(" | NOT CLEAN: of %llu lost %llu duplicated %llu misrouted %llu reordered %llu ",
                count(totals.expected), count(totals.lost()), count(delivered.duplicated),
                count(delivered.misrouted), count(delivered.reordered)) +
         format(
             "damaged %llu; with an id %llu of %llu, of these wrong %llu; gaps and errors %llu; ",
             count(delivered.damaged), count(delivered.with_id), count(delivered.delivered),
             count(delivered.bad_ids), count(delivered.gaps)) +
         format("%zu never subscribed, %zu disconnected, %llu publishes refused, %llu unsent",
                totals.connect_failures, totals.disconnects, count(totals.published.refused),
                count(totals.unsent));
}

std::string name_of(const Options& options) {
  return std::string(options.label.empty() ? peer_name(options.peer) : options.label);
}

void add_memory(JsonObject& json, const RunResult& result) {
  json.add("server_rss_bytes_before", result.before.memory.rss_bytes);
  json.add("server_pss_bytes_per_connection", growth(result.before, result.idle));
  json.add("server_rss_bytes_per_connection",
           growth(result.before, result.idle, &ProcessMemory::rss_bytes));
  json.add("server_pss_bytes_per_connection_first", growth(result.before, result.first));
  json.add("server_pss_bytes_per_connection_slope", growth(result.first, result.idle));
}

double cpu_us_per_delivery(const ReplayPhase& phase) {
  return ratio(to_micros(phase.usage.server_cpu), phase.delivered.delivered);
}

double deliveries_per_s(const ReplayPhase& phase) {
  return ratio(static_cast<double>(phase.delivered.delivered), to_seconds(phase.delivering));
}

void add_phase(JsonObject& json, const std::string& name, const ReplayPhase& phase) {
  json.add(name + "_delivered", phase.delivered.delivered);
  json.add(name + "_cpu_us_per_delivery", cpu_us_per_delivery(phase));
  json.add(name + "_deliveries_per_s", deliveries_per_s(phase));
  json.add("bystander_" + name, phase.bystander);
  json.add(name + "_server_cores",
           ratio(to_seconds(phase.usage.server_cpu), to_seconds(phase.usage.wall)));
  json.add(name + "_load_cores",
           ratio(to_seconds(phase.usage.own_cpu), to_seconds(phase.usage.wall)));
}

}  // namespace

/// What a client of the storm cost beyond what the fan-out costs anyway.
double cpu_us_per_connect(const StormPhase& phase, const PhaseResult& quiet) {
  const double share = ratio(to_seconds(phase.usage.wall), to_seconds(quiet.usage.wall));
  return ratio(to_micros(phase.usage.server_cpu) - share * to_micros(quiet.usage.server_cpu),
               phase.storm.welcomed);
}

double connects_per_s(const StormPhase& phase) {
  return ratio(static_cast<double>(phase.storm.welcomed), to_seconds(phase.storm.lasted));
}

void add_storm(JsonObject& json, const std::string& name, const StormPhase& phase,
               const PhaseResult& quiet) {
  json.add(name + "_connects", phase.storm.welcomed);
  json.add(name + "_refused", phase.storm.started - phase.storm.welcomed);
  json.add(name + "_connects_per_s", connects_per_s(phase));
  json.add(name + "_welcome_p99_ms", to_millis(phase.storm.welcome_p99));
  json.add(name + "_cpu_us_per_connect", cpu_us_per_connect(phase, quiet));
  json.add(name + "_server_cores",
           ratio(to_seconds(phase.usage.server_cpu), to_seconds(phase.usage.wall)));
  json.add(name + "_load_cores",
           ratio(to_seconds(phase.usage.own_cpu), to_seconds(phase.usage.wall)));
  json.add(name + "_other_cores", phase.usage.other_cores());
  json.add(name, phase.latency);
}

std::string storm_line(const char* name, const StormPhase& phase, const PhaseResult& quiet) {
  return format(
      " | storm %s: %.0f connects/s, %.1f us each, welcome p99 %.2f ms; the others' p50 %.2f p99 "
      "%.2f ms",
      name, connects_per_s(phase), cpu_us_per_connect(phase, quiet),
      to_millis(phase.storm.welcome_p99), to_millis(phase.latency.percentile(0.5)),
      to_millis(phase.latency.percentile(0.99)));
}

std::string to_json(const Options& options, const RunResult& result) {
  const PhaseResult& phase = result.measured;
  const Figures figures = figures_of(result);
  JsonObject json;
  add_options(json, options);
  add_totals(json, result.totals);
  json.add("ready", result.ready);
  json.add("connects_per_s", figures.connects_per_s);
  json.add("connect", result.connect_time);
  json.add("server_cpu_us_per_connect", figures.cpu_us_per_connect);
  add_memory(json, result);

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
  if (options.storm_rate > 0) {
    add_storm(json, "plain_storm", result.plain_storm, phase);
    add_storm(json, "token_storm", result.token_storm, phase);
    json.add("storm_refused", result.plain_storm.storm.started + result.token_storm.storm.started -
                                  result.plain_storm.storm.welcomed -
                                  result.token_storm.storm.welcomed);
    json.add("p99_moved_by_tokens_ms", to_millis(result.token_storm.latency.percentile(0.99)) -
                                           to_millis(result.plain_storm.latency.percentile(0.99)));
  }
  return json.str();
}

std::string to_line(const Options& options, const RunResult& result) {
  const PhaseResult& phase = result.measured;
  const Figures figures = figures_of(result);
  std::string line = name_of(options);
  if (options.connections > 0) {
    line += format(" | %zu clients, %.0f connects/s, slowest %.1f ms, %.1f us and %.0f B each",
                   result.ready, figures.connects_per_s, to_millis(result.connect_time.max()),
                   figures.cpu_us_per_connect, figures.pss_bytes_per_connection);
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
  if (options.storm_rate > 0) {
    line += storm_line("plain", result.plain_storm, phase);
    line += storm_line("with tokens", result.token_storm, phase);
  }
  return line + judgement(result.totals);
}

std::string to_json(const Options& options, const ReplayResult& result) {
  const auto p99 = [](const ReplayPhase& phase) {
    return to_millis(phase.bystander.percentile(0.99));
  };
  const ReplayPhase& live = result.live;
  JsonObject json;
  add_options(json, options);
  add_totals(json, result.totals);
  json.add("owed", result.owed);
  json.add("connect", result.connect_time);
  add_phase(json, "quiet", result.quiet);
  add_phase(json, "live", live);
  add_phase(json, "replay", result.replay);
  json.add("replay_cpu_of_live",
           ratio(cpu_us_per_delivery(result.replay), cpu_us_per_delivery(live)));
  json.add("bystander_p99_moved_ms", p99(result.replay) - p99(result.quiet));
  json.add("bytes_per_delivery",
           ratio(static_cast<double>(live.delivered.bytes), live.delivered.delivered));
  json.add("other_cores", std::max({result.quiet.usage.other_cores(), live.usage.other_cores(),
                                    result.replay.usage.other_cores()}));
  return json.str();
}

std::string to_line(const Options& options, const ReplayResult& result) {
  std::string line = name_of(options);
  for (const auto& [name, phase] :
       {std::pair("live", &result.live), std::pair("replay", &result.replay)}) {
    line += format(" | %s: %.0f deliveries/s, %.2f us each", name, deliveries_per_s(*phase),
                   cpu_us_per_delivery(*phase));
  }
  line += format(" | bystander p99 ms: quiet %.2f live %.2f replay %.2f",
                 to_millis(result.quiet.bystander.percentile(0.99)),
                 to_millis(result.live.bystander.percentile(0.99)),
                 to_millis(result.replay.bystander.percentile(0.99)));
  return line + judgement(result.totals);
}

}  // namespace rig::bench
