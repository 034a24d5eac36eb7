#include "io/testing/fake_exchange.hpp"

#include <utility>

namespace rig::proxy {

void FakeExchange::leave() {
  has_left_ = true;
  go_on();
  leaver_.wake();
}

void FakeExchange::go_on() {
  is_held_back = takes_nothing = false;
  reader_.wake();
  writer_.wake();
}

void FakeExchange::give(std::string piece) {
  pieces.push_back(std::move(piece));
  reader_.wake();
}

Task<FakeExchange::Result> FakeExchange::read() {
  if (source) co_return source();
  while (pieces.empty() && is_held_back) co_await reader_.wait();
  if (!pieces.empty()) {
    piece_ = std::move(pieces.front());
    pieces.pop_front();
    co_return std::string_view(piece_);
  }
  if (has_left_) co_return Failure::kClientLeft;
  if (read_failure) co_return *read_failure;
  co_return std::string_view();
}

Task<bool> FakeExchange::inform(transport::HttpResponse head) {
  interims.push_back(head.status);
  co_return !has_left_;
}

void FakeExchange::start(transport::HttpResponse head, transport::BodyFraming framing_of_it) {
  answer = std::move(head);
  framing = framing_of_it;
}

// tidy: allow(coroutine-parameters) whoever calls it awaits it
Task<bool> FakeExchange::write(std::string_view piece) {
  ++writes;
  const std::string held(takes_nothing ? piece : std::string_view());
  while (takes_nothing && !has_left_) co_await writer_.wait();
  if (has_left_) co_return false;
  take(held.empty() ? piece : held);
  co_return true;
}

std::optional<std::size_t> FakeExchange::write_some(std::string_view piece) {
  ++writes;
  if (has_left_) return std::nullopt;
  if (takes_nothing) return 0;
  take(piece);
  return piece.size();
}

void FakeExchange::take(std::string_view piece) {
  if (sink) {
    sink(piece);
  } else {
    body.append(piece);
  }
}

Task<bool> FakeExchange::wait_to_write() {
  while (takes_nothing && !has_left_) co_await writer_.wait();
  co_return !has_left_;
}

// tidy: allow(coroutine-parameters) whoever calls it awaits it
Task<bool> FakeExchange::finish(std::string_view piece) {
  if (!piece.empty()) co_await write(piece);
  is_finished = !has_left_;
  co_return !has_left_;
}

Task<bool> FakeExchange::switch_protocols(transport::HttpResponse head) {
  answer = std::move(head);
  is_switched = true;
  co_return !has_left_;
}

Task<> FakeExchange::client_left() {
  while (!has_left_) co_await leaver_.wait();
}

}  // namespace rig::proxy
