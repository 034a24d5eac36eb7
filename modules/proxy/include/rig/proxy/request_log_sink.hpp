#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rig::proxy {

/// What REQUEST_LOG tells of a request that was matched and let in.
struct RequestRecord {
  std::string event;      ///< a CloudEvent 0.2 in JSON (`operations.md` 3.9)
  std::size_t data_at;    ///< where its `data` is in it, for who encodes that in another way
  std::size_t data_size;  ///< the same, in bytes

  [[nodiscard]] std::string_view data() const noexcept {
    return std::string_view(event).substr(data_at, data_size);
  }
};

/// Extension port: where the request log may go besides the console. At most one for each name.
///
///   class AuditFile final : public RequestLogSink {
///     std::string_view name() const noexcept override { return "audit"; }  // REQUEST_LOG=audit
///     void write(RequestRecord record) override { writer_.post(record.event); }
///   };
class RequestLogSink {
 public:
  static constexpr std::string_view kPort = "proxy.request_log_sink";

  /// The word of REQUEST_LOG that turns it on, in lower case.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Takes a record, and neither waits nor throws: the request goes on when this returns. What it
  /// cannot take it drops, and counts. On the shard of the client, so on several shards at once;
  /// from the start of the proxy to its stop.
  virtual void write(RequestRecord record) = 0;

 protected:
  ~RequestLogSink() = default;
};

}  // namespace rig::proxy
