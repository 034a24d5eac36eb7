#pragma once

#include "io/waiter.hpp"

#include <rig/transport/exchange.hpp>

namespace rig::proxy {

/// The exchange of a request that no client has sent: without a body, and nobody leaves or gets the
/// answer.
class CheckExchange final : public transport::Exchange {
 public:
  explicit CheckExchange(Executor executor) : leaver_(executor) { request_.method = "GET"; }

  [[nodiscard]] const transport::HttpRequest& request() const noexcept override { return request_; }
  [[nodiscard]] const transport::Peer& peer() const noexcept override { return peer_; }
  [[nodiscard]] std::string counted_address() const override { return {}; }
  [[nodiscard]] bool has_body() const noexcept override { return false; }
  [[nodiscard]] std::optional<std::uint64_t> body_length() const noexcept override { return 0; }

  Task<boost::system::result<std::string_view, Failure>> read() override { co_return ""; }
  [[nodiscard]] const transport::Headers& trailers() const noexcept override {
    return request_.headers;
  }
  Task<bool> inform(transport::HttpResponse) override { co_return true; }
  void start(transport::HttpResponse, transport::BodyFraming) override {}
  Task<bool> write(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view) override {
    co_return true;
  }
  void add_trailers(const transport::Headers&) override {}
  std::optional<std::size_t> write_some(std::string_view piece) override { return piece.size(); }
  Task<bool> wait_to_write() override { co_return true; }
  Task<bool> finish(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view) override {
    co_return true;
  }
  Task<bool> switch_protocols(transport::HttpResponse) override { co_return false; }
  void abort() noexcept override {}
  Task<> client_left() override {
    for (;;) co_await leaver_.wait();  // ends when it is cancelled
  }

 private:
  transport::HttpRequest request_;
  transport::Peer peer_;
  Waiter leaver_;
};

}  // namespace rig::proxy
