#include "subscribers.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace rig::bench {
namespace {

constexpr std::size_t kReadBytes = 65536;
constexpr std::size_t kConnectionsPerSource = 25'000;

}  // namespace

Subscribers::Subscribers(const Options& options, Poller& poller, Tag first_tag)
    : options_(options),
      poller_(poller),
      first_tag_(first_tag),
      text_(options.payload),
      verifier_(options.connections, options.publishers),
      subscribers_(options.connections),
      ready_by_key_(options.keys),
      buffer_(kReadBytes) {}

std::uint32_t Subscribers::key_of(std::size_t index) const {
  return static_cast<std::uint32_t>(index % options_.keys);
}

void Subscribers::open_more() {
  while (next_ < subscribers_.size() && in_setup_ < options_.connect_window) {
    open(next_++);
  }
}

void Subscribers::open(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  subscriber.started = now();
  subscriber.socket =
      connect_loopback(options_.port, static_cast<unsigned>(index / kConnectionsPerSource));
  if (!subscriber.socket.is_open()) {
    subscriber.state = State::kClosed;
    ++failures_;
    return;
  }
  subscriber.state = State::kConnecting;
  ++in_setup_;
  poller_.add(subscriber.socket, first_tag_ + index, EPOLLIN | EPOLLOUT);
}

void Subscribers::on_ready(std::size_t index, std::uint32_t events) {
  Subscriber& subscriber = subscribers_[index];
  if (subscriber.state == State::kConnecting && (events & EPOLLOUT) != 0) {
    send_request(index);
  }
  if (!subscriber.socket.is_open() || (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
    return;
  }
  const ssize_t count = ::recv(subscriber.socket.fd(), buffer_.data(), buffer_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  received_ = now();
  if (count <= 0 || !on_bytes(index, {buffer_.data(), static_cast<std::size_t>(count)})) {
    close(subscriber, index);
  }
}

void Subscribers::send_request(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  const auto key = options_.keys > 1 ? std::optional(key_of(index)) : std::nullopt;
  const std::string request = subscribe_request(options_.peer, key);
  std::string_view unsent = request;
  // A new connection takes a short request whole.
  if (!send_some(subscriber.socket, unsent) || !unsent.empty()) {
    close(subscriber, index);
    return;
  }
  subscriber.state = State::kWaiting;
  poller_.change(subscriber.socket, first_tag_ + index, EPOLLIN);
}

bool Subscribers::on_bytes(std::size_t index, std::string_view bytes) {
  Subscriber& subscriber = subscribers_[index];
  counts_.bytes += bytes.size();
  for (;;) {
    std::string_view body;
    const HttpReader::Step step = subscriber.http.next(bytes, body);
    if (step != HttpReader::Step::kBody) {
      return step == HttpReader::Step::kNeedMore;
    }
    if (subscriber.http.status() != 200) {
      return false;
    }
    while (subscriber.events.next(body)) {
      on_event(index);
    }
  }
}

void Subscribers::on_event(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  const std::string_view type = subscriber.events.type();
  if (type == kEventType) {
    on_delivery(index, subscriber.events.data());
  } else if (type == kSubscribedType && subscriber.state == State::kWaiting) {
    subscriber.state = State::kSubscribed;
    --in_setup_;
    ++ready_;
    ++ready_by_key_[key_of(index)];
    last_subscribed_ = received_;
    connect_time_.add(received_ - subscriber.started);
  } else if (!type.starts_with("rig.")) {
    ++counts_.misrouted;
  }
}

void Subscribers::on_delivery(std::size_t index, std::string_view text) {
  const auto mark = text_.read(text);
  if (!mark) {
    ++counts_.damaged;
    return;
  }
  switch (verifier_.check(index, key_of(index), *mark)) {
    case Verdict::kDuplicate: ++counts_.duplicated; return;
    case Verdict::kMisrouted: ++counts_.misrouted; return;
    case Verdict::kReordered: ++counts_.reordered; break;
    case Verdict::kRight: break;
  }
  ++counts_.delivered;
  last_delivery_ = received_;
  latency_.add(received_ - mark->intended);
}

void Subscribers::close(Subscriber& subscriber, std::size_t index) {
  if (subscriber.state == State::kSubscribed) {
    ++disconnects_;
    --ready_;
    --ready_by_key_[key_of(index)];
  } else {
    ++failures_;
    --in_setup_;
  }
  subscriber.state = State::kClosed;
  subscriber.socket.close();
}

}  // namespace rig::bench
