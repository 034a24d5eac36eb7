#pragma once

#include "io/waiter.hpp"

#include <rig/transport/exchange.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// A client as the transport shows it: what it sends is set before, what it gets is seen
/// afterwards. Its coroutines run on one shard; the test looks at it when the exchange is over, or
/// posts there.
class FakeExchange final : public transport::Exchange {
 public:
  using Result = boost::system::result<std::string_view, Failure>;

  explicit FakeExchange(Executor executor)
      : reader_(executor), writer_(executor), leaver_(executor) {}

  // What it sends.
  transport::HttpRequest asked;
  std::deque<std::string> pieces;
  std::optional<std::uint64_t> length;  ///< none and pieces or `is_chunked`: chunks
  bool is_chunked = false;
  transport::Headers sent_trailers;
  std::optional<Failure> read_failure;       ///< behind the pieces
  bool is_held_back = false;                 ///< behind the pieces nothing comes until `go_on`
  std::function<std::string_view()> source;  ///< instead of pieces; empty: the end

  // What it got.
  std::optional<transport::HttpResponse> answer;
  transport::BodyFraming framing;
  std::vector<int> interims;
  std::string body;                            ///< unless `sink` takes it
  std::function<void(std::string_view)> sink;  ///< called on the shard
  std::size_t writes = 0;                      ///< that were tried
  bool is_finished = false;
  transport::Headers got_trailers;
  bool is_aborted = false;
  bool is_switched = false;
  bool takes_nothing = false;  ///< a write waits until `go_on`

  // From the shard.
  void leave();
  void go_on();
  void give(std::string piece);  ///< to who waits behind the pieces, and goes on waiting

  const transport::HttpRequest& request() const noexcept override { return asked; }
  const transport::Peer& peer() const noexcept override { return peer_; }
  std::string counted_address() const override { return peer_.address; }
  bool has_body() const noexcept override { return length.value_or(0) > 0 || is_chunked; }
  std::optional<std::uint64_t> body_length() const noexcept override { return length; }
  Task<Result> read() override;
  const transport::Headers& trailers() const noexcept override { return sent_trailers; }
  Task<bool> inform(transport::HttpResponse head) override;
  void start(transport::HttpResponse head, transport::BodyFraming framing_of_it) override;
  Task<bool> write(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view piece) override;
  void add_trailers(const transport::Headers& trailers) override { got_trailers = trailers; }
  std::optional<std::size_t> write_some(std::string_view piece) override;
  Task<bool> wait_to_write() override;
  Task<bool> finish(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view piece) override;
  Task<bool> switch_protocols(transport::HttpResponse head) override;
  void abort() noexcept override { is_aborted = true; }
  Task<> client_left() override;

 private:
  void take(std::string_view piece);

  transport::Peer peer_{"127.0.0.1", false};
  std::string piece_;
  bool has_left_ = false;
  Waiter reader_;
  Waiter writer_;
  Waiter leaver_;
};

}  // namespace rig::proxy
