#pragma once

#include "config.hpp"
#include "io/connection.hpp"
#include "io/recorded_stream.hpp"
#include "logic/pace.hpp"

#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/stream.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>

namespace rig::nats {

/// A stream on a connection and a thread of its own, which may wait for the servers.
class KeptStream final : public Stream, private ConnectionUser {
 public:
  KeptStream(ConnectionConfig config, Streams::Settings settings, metrics::Registry& registry);
  ~KeptStream() override { stop(); }
  KeptStream(const KeptStream&) = delete;
  KeptStream& operator=(const KeptStream&) = delete;

  void start() override;
  void stop() noexcept override;
  void look(std::function<void(std::optional<std::uint32_t>)> done) override;
  void read(StreamReading reading, std::function<void(std::optional<StreamPart>)> done) override;

 private:
  natsStatus opened(OpenConnection connection) override;
  void closing() noexcept override;
  [[nodiscard]] bool can_be_broken_off() const noexcept override { return true; }

  // On the thread.
  template <class Work>
  void run(Work work);
  [[nodiscard]] bool can_ask() const;
  std::optional<std::uint32_t> look_now();
  std::optional<StreamPart> read_now(const StreamReading& reading);
  void note_failure(std::string_view what, natsStatus status);

  const Streams::Settings settings_;
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<Executor>> guard_;
  std::atomic<bool> is_stopping_{false};
  // Of the thread alone.
  RecordedStream stream_;
  OpenConnection used_;
  Pace pace_;
  std::thread thread_;
  Connection connection_;
};

}  // namespace rig::nats
