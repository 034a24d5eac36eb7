#pragma once

#include <rig/core/secret.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::nats {

struct ConnectionConfig;

/// A message that a stream has recorded.
struct StreamMessage {
  std::string data;
  std::uint64_t sequence = 0;  ///< in the stream
  std::uint64_t seconds = 0;   ///< when it was recorded, since 1970, by the server's clock
};

/// Which part of a stream is to be read: what came behind `after`, up to and with `upto`.
struct StreamReading {
  std::uint32_t id = 0;               ///< of the stream, as `Stream::look` told
  std::vector<std::string> subjects;  ///< each once; together they are one row, in its order
  std::uint64_t after = 0;
  std::uint64_t upto = 0;
  std::size_t bytes_max = 0;  ///< of what is given; the oldest messages go first
};

struct StreamPart {
  std::vector<StreamMessage> messages;
  bool is_complete = true;  ///< false: some of what came behind `after` is gone
};

/// A stream of JetStream, in the memory of the servers, that records by itself what anybody
/// publishes to its subjects. It is made if it is not there. Over a connection and a thread of its
/// own, which answers one after the other. The calls may be made on any thread and wait for
/// nothing; `done` is called once, on a thread that is no shard.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Servers that cannot be reached, or have no JetStream, are no error.
  virtual void start() = 0;
  /// On no shard, as it waits. Whoever waits for an answer has got one. Safe to call twice.
  virtual void stop() noexcept = 0;

  /// Makes the stream if need be, and tells which one it is: another one than before if all servers
  /// were restarted. Nothing: there is none.
  virtual void look(std::function<void(std::optional<std::uint32_t>)> done) = 0;
  /// Nothing: there is no such stream, or it takes too long.
  virtual void read(StreamReading reading, std::function<void(std::optional<StreamPart>)> done) = 0;
};

/// Makes streams.
class Streams {
 public:
  static constexpr std::string_view kPort = "nats.streams";

  struct Settings {
    Secret url;                         ///< as NATS_SERVERS; `Links::problem_of` finds no fault
    std::string_view purpose;           ///< of the connection; lives for ever
    std::string name;                   ///< letters, digits, `-` and `_`
    std::vector<std::string> subjects;  ///< may have wildcards
    std::chrono::milliseconds age;      ///< how long messages are kept
    std::size_t bytes = 0;              ///< how many, beyond, the oldest go first
    int replicas = 1;                   ///< servers that have a copy; odd
    /// By `Links::read_access`, of the same URL; null: there is nothing beside the URL.
    std::shared_ptr<const ConnectionConfig> access = {};
  };
  virtual std::unique_ptr<Stream> open(Settings settings) = 0;

 protected:
  ~Streams() = default;
};

}  // namespace rig::nats
