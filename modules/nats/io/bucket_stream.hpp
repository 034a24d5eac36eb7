#pragma once

#include "io/jetstream.hpp"
#include "io/open_connection.hpp"
#include "io/stream_feed.hpp"

#include <rig/nats/bucket.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::nats {

/// The stream that a bucket is for the servers, laid out as those of the NATS project's own tools,
/// which can read it. All calls wait for an answer, two seconds at most, and fail without a
/// connection.
class BucketStream {
 public:
  /// Which stream it is, and how far it has come.
  struct State {
    std::int64_t created = 0;
    std::uint64_t revision = 0;
    bool operator==(const State&) const = default;
  };

  BucketStream(std::string_view name, int replicas);

  natsStatus attach(OpenConnection connection);
  void detach() noexcept { context_.reset(); }

  natsStatus open();  ///< makes it if it is not there
  natsStatus look(State& state) const;
  /// The revision of the last entry that is still there, 0 without one.
  natsStatus look_for_last(std::uint64_t& revision) const;
  natsStatus follow(std::uint64_t after, StreamFeed& feed) const;
  /// If the error is a revision that is not the expected one, the outcome has what is there.
  natsStatus write(const BucketEntry& entry, BucketWrite& made) const;
  natsStatus forget(const std::string& key, std::uint64_t revision) const;

  /// Of a message of the stream.
  [[nodiscard]] BucketEntry entry_of(natsMsg* message, std::uint64_t revision) const;

 private:
  natsStatus read(const std::string& key, std::optional<BucketEntry>& entry) const;

  const std::string stream_;
  const std::string prefix_;  // of subjects
  const int replicas_;
  OpenConnection connection_;
  JetStreamPtr context_;
};

}  // namespace rig::nats
