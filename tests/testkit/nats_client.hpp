#pragma once

#include "raw_socket.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testkit {

using NatsHeaders = std::vector<std::pair<std::string, std::string>>;

/// A message as it comes.
struct NatsMessage {
  std::string subject;
  std::string reply_to;
  NatsHeaders headers;
  std::string body;
};

/// A client of NATS that speaks its protocol itself, in the clear. What it publishes has reached
/// the server when the call is over.
class NatsClient {
 public:
  /// `credentials`: members of CONNECT, such as `"user":"a","pass":"b"`.
  explicit NatsClient(std::uint16_t port, std::string_view credentials = {});

  void publish(std::string_view subject, std::string_view body, const NatsHeaders& headers = {});
  /// Only sent; `flush` tells when the server has it.
  void send(std::string_view subject, std::string_view body, const NatsHeaders& headers = {});
  void subscribe(std::string_view subject);
  /// The answer to a question. For a client that is subscribed to nothing else.
  [[nodiscard]] NatsMessage request(std::string_view subject, std::string_view body);
  void flush();
  /// The next message of what it is subscribed to.
  [[nodiscard]] NatsMessage next(Deadline deadline = Deadline{});

 private:
  /// Reads what comes up to a message or a PONG; true if it was a message.
  bool read_one(NatsMessage& message, Deadline deadline);

  RawSocket socket_;
  std::vector<NatsMessage> received_;
  int subscriptions_ = 0;
};

}  // namespace testkit
