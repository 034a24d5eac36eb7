#include "stream_config.hpp"

#include "logic/subject.hpp"

#include <rig/core/env.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace rig::nats {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kStream = "NATS_JETSTREAM_STREAM";
constexpr std::string_view kDurable = "NATS_JETSTREAM_DURABLE";
constexpr std::string_view kSubject = "NATS_JETSTREAM_SUBJECT";
constexpr std::size_t kNameMax = 255;

/// Names of streams and consumers are tokens of subjects, and of files on the server.
bool is_name(std::string_view text) {
  const auto is_plain = [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view(".*>/\\").find(c) == std::string_view::npos;
  };
  return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, is_plain);
}

}  // namespace

StreamConfig StreamConfig::from_env(EnvReader& env) {
  StreamConfig c;
  c.stream = env.text({kStream,
                       "A stream of JetStream that events come from, each at least once; empty: "
                       "none"},
                      "");
  if (c.is_on() && !is_name(c.stream)) env.problem(kStream, "is no name of a stream");
  c.durable = env.text({kDurable,
                        "The durable consumer of the stream; gateways that name the same one "
                        "share its messages. It is made if it is not there"},
                       "rig");
  if (!is_name(c.durable)) env.problem(kDurable, "is no name of a consumer");
  c.subject = env.text(
      {kSubject, "Which messages of the stream, also with wildcards; empty: all of them"}, "");
  if (!c.subject.empty() && !is_subject_pattern(c.subject))
    env.problem(kSubject, "is no subject of NATS");
  c.ack_wait = env.duration({"NATS_JETSTREAM_ACK_WAIT",
                             "After how long the server gives a message to another gateway, if "
                             "the one that has it says nothing"},
                            c.ack_wait, seconds(1), hours(1));
  c.ack_pending_max = static_cast<int>(
      env.integer({"NATS_JETSTREAM_ACK_PENDING_MAX",
                   "Messages that all gateways together may have without an acknowledgement"},
                  c.ack_pending_max, {1, 100'000}));
  c.remembered_max = static_cast<std::size_t>(
      env.integer({"NATS_JETSTREAM_REMEMBERED_MAX",
                   "Events whose source and id are remembered, so that they are delivered once "
                   "if the server sends them again"},
                  static_cast<std::int64_t>(c.remembered_max), {1, 10'000'000}));
  c.remembered_time =
      env.duration({"NATS_JETSTREAM_REMEMBERED_TIME", "How long they are remembered at most"},
                   c.remembered_time, seconds(1), hours(24));
  return c;
}

}  // namespace rig::nats
