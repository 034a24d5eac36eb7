#include <rig/core/assert.hpp>
#include <rig/core/line_writer.hpp>
#include <rig/core/log.hpp>
#include <rig/core/log_setup.hpp>

#include "logic/log_format.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace rig::log {
namespace {

using Clock = LineWriter::Clock;
constexpr std::chrono::seconds kShutdownTimeout{2};

/// The lines of the log, in the format that was asked for.
struct Writer {
  explicit Writer(const Options& options)
      : format(options.format), lines(options.fd, options.lines_max) {}

  Format format;
  LineWriter lines;
};

/// Where there is no writer.
void write_to_stderr(std::string line) {
  line.push_back('\n');
  // One call: lines of several threads stay whole.
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::atomic<Writer*> writer{nullptr};
std::atomic<int> users{0};  // threads between loading `writer` and being done with it
std::atomic<Level> level_min{Level::kWarn};
std::atomic<std::uint64_t> dropped_before{0};  // by writers that are shut down

/// Keeps the writer alive for as long as it is looked at.
class WriterUse {
 public:
  WriterUse() {
    users.fetch_add(1);
    writer_ = writer.load();
    if (writer_ == nullptr) users.fetch_sub(1);
  }
  ~WriterUse() {
    if (writer_ != nullptr) users.fetch_sub(1);
  }
  WriterUse(const WriterUse&) = delete;
  WriterUse& operator=(const WriterUse&) = delete;

  Writer* operator->() const { return writer_; }
  explicit operator bool() const { return writer_ != nullptr; }

 private:
  Writer* writer_;
};

std::chrono::seconds local_offset(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return std::chrono::seconds(local.tm_gmtoff);
}

}  // namespace

bool enabled(Level level) noexcept {
  return level == Level::kNotice || level >= level_min.load(std::memory_order_relaxed);
}

void write(Level level, const char* file, int line, std::string_view message,
           std::initializer_list<Field> fields) {
  const WriterUse use;
  const Format kind = use ? use->format : Format::kPlain;
  Line call;
  call.time = std::chrono::system_clock::now();
  if (kind == Format::kPlain) call.utc_offset = local_offset(call.time);
  call.level = level;
  call.file = file;
  call.line_number = line;
  call.message = message;
  call.fields = std::span(fields.begin(), fields.size());
  std::string text = format(kind, call);
  if (!use) return write_to_stderr(std::move(text));
  const bool is_urgent = level == Level::kWarn || level == Level::kError;
  use->lines.post(text, is_urgent ? LineWriter::Urgency::kUrgent : LineWriter::Urgency::kUsual);
}

void start(const Options& options) {
  RIG_ASSERT(writer.load() == nullptr);
  RIG_ASSERT(options.level != Level::kNotice);
  level_min.store(options.level);
  writer.store(new Writer(options));
}

void shutdown() {
  Writer* last = writer.exchange(nullptr);
  if (last == nullptr) return;
  const auto deadline = Clock::now() + kShutdownTimeout;
  // A thread that still holds the writer is about to be done with it: posting never waits.
  while (users.load() > 0 && Clock::now() < deadline) std::this_thread::yield();
  const bool written = last->lines.finish(deadline);
  dropped_before.fetch_add(last->lines.dropped());
  // With a writer thread that cannot be joined, the writer is left to the end of the process.
  if (written && users.load() == 0) delete last;
}

std::uint64_t dropped() noexcept {
  const WriterUse use;
  return dropped_before.load() + (use ? use->lines.dropped() : 0);
}

}  // namespace rig::log
