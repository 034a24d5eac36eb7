#include <rig/core/assert.hpp>
#include <rig/core/log.hpp>
#include <rig/core/log_setup.hpp>

#include "logic/log_format.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <poll.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <thread>

namespace rig::log {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kShutdownTimeout{2};
constexpr std::size_t kBufferBytesMax = 64U << 10;

/// Writes all of `text`; false if the reader of the log is gone or the disk is full.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {  // somebody else made the terminal non-blocking
      pollfd writable{fd, POLLOUT, 0};
      ::poll(&writable, 1, 1000);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// What the writer thread and everybody else know of each other.
struct Counters {
  std::atomic<std::uint64_t> posted{0};   // lines given to the queue
  std::atomic<std::uint64_t> written{0};  // lines that left it, also those that nobody could take
  std::atomic<std::uint64_t> failed{0};   // of these, those that nobody could take
};

/// Lives on the writer thread. Collects lines while more are waiting; writes when the queue is
/// empty, when a line is urgent, and when the buffer is full: no line waits for a later one.
class FdSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  FdSink(int fd, Counters& counters) : fd_(fd), counters_(counters) {}

  void reads_from(spdlog::details::thread_pool& queue) { queue_ = &queue; }

 protected:
  void sink_it_(const spdlog::details::log_msg& line) override {
    buffer_.append(line.payload.data(), line.payload.size()).push_back('\n');
    ++lines_;
    const bool is_urgent = line.level >= spdlog::level::warn;
    if (is_urgent || buffer_.size() >= kBufferBytesMax || queue_->queue_size() == 0) flush_();
  }
  void flush_() override {
    if (lines_ == 0) return;
    if (!write_all(fd_, buffer_)) counters_.failed.fetch_add(lines_, std::memory_order_relaxed);
    counters_.written.fetch_add(std::exchange(lines_, 0), std::memory_order_release);
    buffer_.clear();
  }

 private:
  int fd_;
  Counters& counters_;
  spdlog::details::thread_pool* queue_ = nullptr;
  std::string buffer_;
  std::uint64_t lines_ = 0;
};

/// The queue, its thread, and the logger in front of them.
class Writer {
 public:
  explicit Writer(const Options& options)
      : format_(options.format),
        sink_(std::make_shared<FdSink>(options.fd, counters_)),
        pool_(std::make_shared<spdlog::details::thread_pool>(options.lines_max, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "rig", sink_, pool_, spdlog::async_overflow_policy::overrun_oldest)) {
    sink_->reads_from(*pool_);
    logger_->set_level(spdlog::level::trace);  // `enabled` has decided already
  }

  [[nodiscard]] Format format() const { return format_; }

  void post(Level level, std::string_view line) {
    counters_.posted.fetch_add(1, std::memory_order_relaxed);
    const auto urgency =
        level == Level::kWarn || level == Level::kError ? spdlog::level::warn : spdlog::level::info;
    logger_->log(urgency, spdlog::string_view_t(line.data(), line.size()));
  }

  [[nodiscard]] std::uint64_t dropped() const {
    return pool_->overrun_counter() + counters_.failed.load(std::memory_order_relaxed);
  }

  /// True when every line that was posted is written or dropped.
  bool wait_until_written(Clock::time_point deadline) const {
    while (counters_.written.load(std::memory_order_acquire) + pool_->overrun_counter() <
           counters_.posted.load(std::memory_order_relaxed)) {
      if (Clock::now() >= deadline) return false;
      // tidy: allow(sleep) the program is ending, and the writer tells nobody when it is done
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

 private:
  Format format_;
  Counters counters_;
  std::shared_ptr<FdSink> sink_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;  // its destructor joins the thread
  std::shared_ptr<spdlog::async_logger> logger_;
};

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
  const Format kind = use ? use->format() : Format::kPlain;
  Line call;
  call.time = std::chrono::system_clock::now();
  if (kind == Format::kPlain) call.utc_offset = local_offset(call.time);
  call.level = level;
  call.file = file;
  call.line_number = line;
  call.message = message;
  call.fields = std::span(fields.begin(), fields.size());
  std::string text = format(kind, call);
  if (use) {
    use->post(level, text);
  } else {
    write_all(STDERR_FILENO, text.append("\n"));
  }
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
  const bool written = last->wait_until_written(deadline);
  dropped_before.fetch_add(last->dropped());
  // With a writer thread that cannot be joined, the writer is left to the end of the process.
  if (written && users.load() == 0) delete last;
}

std::uint64_t dropped() noexcept {
  const WriterUse use;
  return dropped_before.load() + (use ? use->dropped() : 0);
}

}  // namespace rig::log
