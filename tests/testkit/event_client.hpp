#pragma once

#include "deadline.hpp"
#include "raw_socket.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace testkit {

enum class Transport : std::uint8_t { kSse, kWs, kLongPolling };
inline constexpr std::array kTransports{Transport::kSse, Transport::kWs, Transport::kLongPolling};

/// As metrics and paths call it: "sse", "ws", "longpolling".
[[nodiscard]] std::string_view name_of(Transport transport);

/// How a client connects.
struct Opening {
  std::string subscriptions = {};  ///< a JSON array
  std::string cursor = {};         ///< where it resumes; empty: it is new here
  bool by_header = false;          ///< the cursor goes by `last-event-id`, not by the query
  int receive_buffer = 0;          ///< small for a client that is slow on purpose
  std::string token = {};          ///< a JWT, shown in the query; empty: none
};

/// What came, be it an event or something that the gateway says.
struct Received {
  std::string type;
  std::string json;
  std::string cursor;  ///< of this one; empty if it has none
};

/// A client of any of the transports that keeps the cursor of what came last, so that it can come
/// back. A WebSocket and a session of polls ask for cursors (`rigcursor`).
class EventClient {
 public:
  /// Connects, or throws Failure; Closed if nobody is there.
  [[nodiscard]] static std::unique_ptr<EventClient> open(Transport transport, std::uint16_t port,
                                                         const Opening& opening);
  virtual ~EventClient() = default;

  /// The next of anything. Throws Closed when the gateway has ended the connection.
  Received next(Deadline deadline = Deadline{});
  /// The next event that is not of the gateway itself; a greeting is passed over, a gap fails.
  Received next_event(Deadline deadline = Deadline{});
  /// Reads to the confirmation of subscriptions, which is returned; no event may come before it.
  Received read_greeting();

  /// Sets the subscriptions by a message on the connection; false if the transport knows none.
  virtual bool replace_in_band(std::string_view /*subscriptions*/) { return false; }

  /// Behind what came last; before that, where it resumed.
  [[nodiscard]] const std::string& cursor() const { return cursor_; }
  /// Of the connection; known once the welcome was read.
  [[nodiscard]] const std::string& token() const { return token_; }
  /// Gone without a word.
  void die() { socket().reset(); }
  [[nodiscard]] virtual RawSocket& socket() = 0;

 protected:
  explicit EventClient(std::string cursor) : cursor_(std::move(cursor)) {}

 private:
  virtual Received receive(Deadline deadline) = 0;

  std::string cursor_;
  std::string token_;
};

/// The `id` of an event.
[[nodiscard]] std::string id_of(const Received& received);
/// The reason of a `rig.gap`. Throws Failure if it is something else.
[[nodiscard]] std::string gap_reason(const Received& received);

}  // namespace testkit
