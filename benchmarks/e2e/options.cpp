#include "options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <string_view>

#include "event_text.hpp"

namespace rig::bench {
namespace {

constexpr std::uint32_t kKeysMax = 4'000'000;

struct Flag {
  std::string_view name;
  std::string_view help;
  std::function<bool(Options&, std::string_view)> set;  // false: the value cannot be read
};

template <class Number>
auto number(Number Options::* field) {
  return [field](Options& options, std::string_view text) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), options.*field);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  };
}

bool set_peer(Options& options, std::string_view text) {
  const auto peer = peer_from_name(text);
  options.peer = peer.value_or(options.peer);
  return peer.has_value();
}

bool set_transport(Options& options, std::string_view text) {
  const auto transport = transport_from_name(text);
  options.transport = transport.value_or(options.transport);
  return transport.has_value();
}

bool set_label(Options& options, std::string_view text) {
  options.label = text;
  return text.find_first_of("\"\\\n") == std::string_view::npos;
}

bool set_tokens(Options& options, std::string_view text) {
  options.storm_tokens = text;
  return !text.empty();
}

const std::array<Flag, 25>& flags() {
  static const std::array<Flag, 25> kAll{{
      {"--peer", "rig or floor (rig)", set_peer},
      {"--label", "a name for the run", set_label},
      {"--port", "where clients subscribe", number(&Options::port)},
      {"--publish-port", "where events are published (--port)", number(&Options::publish_port)},
      {"--server-pid", "whose processor time and memory to measure", number(&Options::server_pid)},
      {"--transport", "sse or ws (sse)", set_transport},
      {"--connections", "subscribers (1000)", number(&Options::connections)},
      {"--first-connections", "read the memory with so many of them too; 0: not (0)",
       number(&Options::first_connections)},
      {"--connect-window", "being set up at a time (256)", number(&Options::connect_window)},
      {"--connect-rate", "connects/s on a fixed schedule; 0: as the window allows (0)",
       number(&Options::connect_rate)},
      {"--receive-buffer", "bytes that the kernel holds for a client; 0: as it likes (0)",
       number(&Options::receive_buffer)},
      {"--keys", "subscribers choose one of that many values of /data/k (1: all get all)",
       number(&Options::keys)},
      {"--publishers", "connections that publish (1)", number(&Options::publishers)},
      {"--payload", "bytes of an event (256)", number(&Options::payload)},
      {"--rate", "events/s on a fixed schedule; 0: back to back (0)", number(&Options::rate)},
      {"--window", "back to back: events under way, 0: any (0)", number(&Options::window)},
      {"--replay", "clients return and are owed so many events; 0: no replay (0)",
       number(&Options::replay)},
      {"--bystander-rate", "replay: events/s for a client that has no part in it (200)",
       number(&Options::bystander_rate)},
      {"--storm-rate", "clients/s that come and go, at most, in two more measurements; 0: none (0)",
       number(&Options::storm_rate)},
      {"--storm-tokens", "a file with tokens, a line each, for the second of them", set_tokens},
      {"--settle", "seconds of silence before idle memory is read (1)", number(&Options::settle)},
      {"--warmup", "seconds of publishing before the measurement (1)", number(&Options::warmup)},
      {"--duration", "seconds of the measurement (5)", number(&Options::duration)},
      {"--drain", "seconds without a delivery after which the missing are lost (10)",
       number(&Options::drain)},
      {"--connect-timeout", "seconds until all must be subscribed (60)",
       number(&Options::connect_timeout)},
  }};
  return kAll;
}

void check(const Options& options) {
  if (options.port == 0) {
    throw UsageError("--port is missing");
  }
  if (options.payload < EventText::kBytesMin) {
    throw UsageError("--payload must be at least " + std::to_string(EventText::kBytesMin));
  }
  if (options.publishers < 1 || options.publishers > 1000 || options.keys < 1 ||
      options.connect_window < 1) {
    throw UsageError("--publishers (1 to 1000), --keys and --connect-window must be positive");
  }
  if (options.keys > kKeysMax || options.first_connections > options.connections ||
      options.receive_buffer < 0) {
    throw UsageError("--keys (4000000), --first-connections or --receive-buffer is out of range");
  }
  if (options.replay > 0 && (options.keys > 1 || options.connections < 1 ||
                             options.bystander_rate <= 0 || options.duration <= 0)) {
    throw UsageError("--replay needs clients, a bystander and a duration, and goes without --keys");
  }
  if (options.storm_rate > 0 && (options.storm_tokens.empty() || options.replay > 0)) {
    throw UsageError("--storm-rate needs --storm-tokens, and goes without --replay");
  }
  for (const double seconds :
       {options.rate, options.storm_rate, options.connect_rate, options.bystander_rate,
        options.settle, options.warmup, options.duration, options.drain, options.connect_timeout}) {
    if (!(seconds >= 0 && seconds < 1e7)) {
      throw UsageError("rates and times must be positive numbers");
    }
  }
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto flag = std::ranges::find(flags(), name, &Flag::name);
    if (flag == flags().end()) {
      throw UsageError("unknown flag " + std::string(name));
    }
    if (i + 1 == argc || !flag->set(options, argv[i + 1])) {
      throw UsageError(std::string(name) + ": " + std::string(flag->help));
    }
  }
  check(options);
  if (options.publish_port == 0) {
    options.publish_port = options.port;
  }
  return options;
}

std::string usage() {
  std::string text = "rig_load: opens clients, publishes events, checks and times each delivery\n";
  for (const Flag& flag : flags()) {
    text += "  " + std::string(flag.name);
    text.append(20 - flag.name.size(), ' ');
    text += std::string(flag.help) + '\n';
  }
  return text;
}

}  // namespace rig::bench
