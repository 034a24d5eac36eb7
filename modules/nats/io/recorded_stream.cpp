#include "io/recorded_stream.hpp"

#include "io/headers.hpp"
#include "io/stream_feed.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr milliseconds kReadingMax{8'000};
constexpr std::int64_t kPauseMs = 100;  // so often it looks whether it has to stop

using StreamInfoPtr =
    std::unique_ptr<jsStreamInfo, DestroyWith<jsStreamInfo, jsStreamInfo_Destroy>>;

/// A stream that was made anew was made at another time.
std::uint32_t id_of(std::int64_t created) noexcept {
  const auto mixed = static_cast<std::uint64_t>(created) * 0x9e3779b97f4a7c15ULL;
  return std::max(static_cast<std::uint32_t>(mixed >> 32U), 1U);
}

RecordedStream::State state_of(const jsStreamInfo& info) noexcept {
  return {id_of(info.Created), info.State.FirstSeq, info.State.LastSeq};
}

}  // namespace

natsStatus RecordedStream::attach(OpenConnection connection) {
  connection_ = connection;
  return open_jetstream(connection, context_);
}

natsStatus RecordedStream::make(State& state) {
  std::vector<const char*> subjects;
  for (const auto& subject : settings_.subjects) subjects.push_back(subject.c_str());
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = settings_.name.c_str();
  config.Subjects = subjects.data();
  config.SubjectsLen = static_cast<int>(subjects.size());
  config.MaxAge = nanoseconds(settings_.age).count();
  config.MaxBytes = static_cast<std::int64_t>(settings_.bytes);
  config.Storage = js_MemoryStorage;
  config.Replicas = settings_.replicas;
  jsStreamInfo* made = nullptr;
  jsErrCode error{};
  auto status = js_AddStream(&made, context_.get(), &config, nullptr, &error);
  // Another node has made it with other limits; if they cannot be changed, they are the limits.
  if (error == JSStreamNameExistErr)
    status = js_UpdateStream(&made, context_.get(), &config, nullptr, nullptr);
  const StreamInfoPtr info(made);
  if (status == NATS_OK) {
    state = state_of(*info);
    return status;
  }
  return error == JSStreamNameExistErr ? look(state) : status;
}

natsStatus RecordedStream::look(State& state) {
  jsStreamInfo* found = nullptr;
  const auto status =
      js_GetStreamInfo(&found, context_.get(), settings_.name.c_str(), nullptr, nullptr);
  const StreamInfoPtr info(found);
  if (status == NATS_OK) state = state_of(*info);
  return status;
}

natsStatus RecordedStream::read(const StreamReading& reading, const std::atomic<bool>& is_stopping,
                                StreamPart& part) {
  State state;
  auto status = look(state);
  if (status != NATS_OK) return status;
  if (state.id != reading.id || reading.after > state.last) return NATS_NOT_FOUND;
  part.is_complete = reading.after + 1 >= state.first;
  if (reading.after >= std::min(reading.upto, state.last)) return NATS_OK;
  const Until until{reading.upto, Clock::now() + kReadingMax, is_stopping};
  for (const auto& subject : reading.subjects) {
    status = read_subject(subject, reading, until, part);
    if (status != NATS_OK) return status;
  }
  if (reading.subjects.size() > 1) std::ranges::sort(part.messages, {}, &StreamMessage::sequence);
  return NATS_OK;
}

natsStatus RecordedStream::read_subject(const std::string& subject, const StreamReading& reading,
                                        const Until& until, StreamPart& part) {
  StreamFeed feed;
  auto status = feed.open(connection_, context_.get(), settings_.name, subject, reading.after);
  if (status != NATS_OK) return status;
  std::deque<StreamMessage> messages;
  const std::size_t bytes_max = reading.bytes_max / reading.subjects.size();
  std::size_t bytes = 0;
  bool has_more = feed.count_at_start() > 0;
  while (has_more) {
    if (until.is_stopping.load() || Clock::now() >= until.deadline) return NATS_TIMEOUT;
    StreamFeed::Message next;
    status = feed.next(kPauseMs, next);
    if (status == NATS_TIMEOUT) continue;
    if (status != NATS_OK) return status;
    if (next.sequence > until.sequence) break;
    has_more = next.left_behind != 0 && next.sequence < until.sequence;
    const auto recorded = std::chrono::duration_cast<seconds>(nanoseconds(next.recorded));
    messages.push_back({std::string(data_of(next.message.get())), next.sequence,
                        static_cast<std::uint64_t>(recorded.count())});
    bytes += messages.back().data.size();
    for (; bytes > bytes_max; messages.pop_front()) {
      bytes -= messages.front().data.size();
      part.is_complete = false;
    }
  }
  std::ranges::move(messages, std::back_inserter(part.messages));
  return NATS_OK;
}

}  // namespace rig::nats
