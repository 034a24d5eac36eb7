#include <rig/core/line_writer.hpp>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <poll.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace rig::log {
namespace {

constexpr std::chrono::seconds kFinishTimeout{2};
constexpr std::size_t kBufferBytesMax = 64U << 10;

/// Writes all of `text`; false if the reader is gone or the disk is full.
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

/// A pipe takes a part of a buffer, and then what another thread writes.
bool write_whole(int fd, std::string_view text) {
  static std::mutex standard_output;
  if (fd != STDOUT_FILENO) return write_all(fd, text);
  const std::lock_guard alone(standard_output);
  return write_all(fd, text);
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
    if (!write_whole(fd_, buffer_)) counters_.failed.fetch_add(lines_, std::memory_order_relaxed);
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

}  // namespace

/// The queue, its thread, and the logger in front of them.
struct LineWriter::State {
  State(int fd, std::size_t at_most)
      : lines_max(at_most),
        sink(std::make_shared<FdSink>(fd, counters)),
        pool(std::make_shared<spdlog::details::thread_pool>(at_most, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "rig", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    sink->reads_from(*pool);
    logger->set_level(spdlog::level::trace);  // who posts has decided
  }

  void enqueue(std::string_view line, Urgency urgency) {
    const auto level = urgency == Urgency::kUrgent ? spdlog::level::warn : spdlog::level::info;
    logger->log(level, spdlog::string_view_t(line.data(), line.size()));
  }
  /// Lines that are neither written nor dropped.
  [[nodiscard]] std::uint64_t waiting() const {
    const auto gone = counters.written.load(std::memory_order_acquire) + pool->overrun_counter();
    const auto posted = counters.posted.load(std::memory_order_relaxed);
    return posted > gone ? posted - gone : 0;
  }

  std::size_t lines_max;
  Counters counters;
  std::shared_ptr<FdSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;  // its destructor joins the thread
  std::shared_ptr<spdlog::async_logger> logger;
};

LineWriter::LineWriter(int fd, std::size_t lines_max)
    : state_(std::make_unique<State>(fd, lines_max)) {}

LineWriter::~LineWriter() {
  const bool is_written = finish(Clock::now() + kFinishTimeout);
  // A thread that cannot be joined keeps what it uses, to the end of the process.
  if (!is_written) (void)state_.release();  // NOLINT(bugprone-unused-return-value)
}

void LineWriter::post(std::string_view line, Urgency urgency) {
  state_->counters.posted.fetch_add(1, std::memory_order_relaxed);
  state_->enqueue(line, urgency);
}

bool LineWriter::offer(std::string_view line) {
  // First its place, then the look: so no two threads take the last one.
  state_->counters.posted.fetch_add(1, std::memory_order_relaxed);
  if (state_->waiting() > state_->lines_max) {
    state_->counters.posted.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  state_->enqueue(line, Urgency::kUsual);
  return true;
}

std::uint64_t LineWriter::dropped() const noexcept {
  return state_->pool->overrun_counter() + state_->counters.failed.load(std::memory_order_relaxed);
}

bool LineWriter::finish(Clock::time_point deadline) const {
  while (state_->waiting() > 0) {
    if (Clock::now() >= deadline) return false;
    // tidy: allow(sleep) the program is ending, and the writer tells nobody when it is done
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace rig::log
