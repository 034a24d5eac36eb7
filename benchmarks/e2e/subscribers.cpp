#include "subscribers.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace rig::bench {
namespace {

constexpr std::size_t kReadBytes = 65536;
constexpr std::size_t kConnectionsPerSource = 25'000;
constexpr int kSwitchingProtocols = 101;

/// Of a JSON event: the value of its member "type".
std::string_view type_of(std::string_view json) {
  constexpr std::string_view kMember = R"("type":")";
  const std::size_t member = json.find(kMember);
  if (member == std::string_view::npos) {
    return {};
  }
  json.remove_prefix(member + kMember.size());
  return json.substr(0, json.find('"'));
}

}  // namespace

SubscriberGroup group_of(const Options& options) {
  SubscriberGroup group;
  group.transport = options.transport;
  group.count = options.connections;
  group.keys = options.keys;
  group.publishers = options.publishers;
  return group;
}

bool DeliveryCounts::is_right() const {
  return duplicated == 0 && misrouted == 0 && reordered == 0 && damaged == 0 && bad_ids == 0 &&
         gaps == 0;
}

DeliveryCounts& DeliveryCounts::operator+=(const DeliveryCounts& more) {
  delivered += more.delivered;
  with_id += more.with_id;
  duplicated += more.duplicated;
  misrouted += more.misrouted;
  reordered += more.reordered;
  damaged += more.damaged;
  bad_ids += more.bad_ids;
  gaps += more.gaps;
  bytes += more.bytes;
  return *this;
}

DeliveryCounts& DeliveryCounts::operator-=(const DeliveryCounts& less) {
  delivered -= less.delivered;
  with_id -= less.with_id;
  duplicated -= less.duplicated;
  misrouted -= less.misrouted;
  reordered -= less.reordered;
  damaged -= less.damaged;
  bad_ids -= less.bad_ids;
  gaps -= less.gaps;
  bytes -= less.bytes;
  return *this;
}

Subscribers::Subscribers(const Options& options, SubscriberGroup group, Poller& poller,
                         Tag first_tag)
    : options_(options),
      group_(std::move(group)),
      poller_(poller),
      first_tag_(first_tag),
      text_(options.payload, group_.type),
      verifier_(group_.count, group_.publishers, group_.first),
      subscribers_(group_.count),
      ready_by_key_(group_.keys),
      buffer_(kReadBytes) {}

std::uint32_t Subscribers::key_of(std::size_t index) const {
  return static_cast<std::uint32_t>(index % group_.keys);
}

void Subscribers::open_up_to(std::size_t total) {
  while (next_ < std::min(total, subscribers_.size()) && in_setup_ < options_.connect_window) {
    open_next(now());
  }
}

void Subscribers::open_next(Nanos intended) {
  const std::size_t index = next_++;
  Subscriber& subscriber = subscribers_[index];
  subscriber.started = intended;
  const auto source = static_cast<unsigned>(index / kConnectionsPerSource) + group_.first_source;
  subscriber.socket = connect_loopback(options_.port, source, options_.receive_buffer);
  if (!subscriber.socket.is_open()) {
    subscriber.state = State::kClosed;
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
  if (count <= 0 || !on_bytes(index, {buffer_.data(), static_cast<std::size_t>(count)}) ||
      subscriber.state == State::kLeaving) {
    close(subscriber, index);
  }
}

std::string Subscribers::request_of(std::size_t index) const {
  Subscription subscription;
  subscription.type = group_.type;
  subscription.cursor = group_.cursor;
  if (group_.tokens != nullptr) {
    subscription.token = (*group_.tokens)[index];
  }
  if (group_.keys > 1) {
    subscription.key = key_of(index);
  }
  return group_.transport == Transport::kSse
             ? sse_request(options_.peer, subscription)
             : ws_request(options_.peer, subscription, ws_nonce(index));
}

void Subscribers::send_request(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  const std::string request = request_of(index);
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
  while (!subscriber.is_upgraded) {
    std::string_view body;
    switch (subscriber.http.next(bytes, body)) {
      case HttpReader::Step::kNeedMore: return true;
      case HttpReader::Step::kMalformed: return false;
      case HttpReader::Step::kEnd:
        if (!on_http_end(index)) {
          return false;
        }
        break;
      case HttpReader::Step::kBody:
        if (subscriber.http.status() != 200 || group_.transport != Transport::kSse) {
          return false;
        }
        while (subscriber.events.next(body)) {
          const SseReader& event = subscriber.events;
          on_event(index, event.type(), event.data(), event.id());
        }
        break;
    }
  }
  return on_frames(index, bytes);
}

// A stream does not end by itself; only the answer to a handshake does.
bool Subscribers::on_http_end(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  subscriber.is_upgraded = group_.transport == Transport::kWs &&
                           subscriber.http.status() == kSwitchingProtocols &&
                           subscriber.http.websocket_accept() == ws_accept(ws_nonce(index));
  return subscriber.is_upgraded;
}

bool Subscribers::on_frames(std::size_t index, std::string_view bytes) {
  for (;;) {
    std::string_view payload;
    switch (subscribers_[index].frames.next(bytes, payload)) {
      case WsReader::Step::kNeedMore: return true;
      case WsReader::Step::kText: on_event(index, type_of(payload), payload, {}); break;
      case WsReader::Step::kPing:
        if (!send_pong(index, payload)) {
          return false;
        }
        break;
      case WsReader::Step::kPong: break;
      case WsReader::Step::kClose:
      case WsReader::Step::kMalformed: return false;
    }
  }
}

bool Subscribers::send_pong(std::size_t index, std::string_view payload) {
  ++pings_;
  const auto mask = static_cast<std::uint32_t>(0x9E3779B9U * (pings_ + 1));
  const std::string pong = ws_client_control(WsOpcode::kPong, payload, mask);
  std::string_view unsent = pong;
  // Nothing else is ever on its way to the server.
  return send_some(subscribers_[index].socket, unsent) && unsent.empty();
}

void Subscribers::on_event(std::size_t index, std::string_view type, std::string_view text,
                           std::string_view id) {
  if (type == group_.type) {
    on_delivery(index, text, id);
    return;
  }
  IdCheck::note(id, subscribers_[index].last_id);
  if (type == kSubscribedType) {
    on_subscribed(index);
  } else if (type == kGapType || type == kErrorType) {
    ++counts_.gaps;
  } else if (!type.starts_with("rig.")) {
    ++counts_.misrouted;
  }
}

void Subscribers::on_subscribed(std::size_t index) {
  Subscriber& subscriber = subscribers_[index];
  if (subscriber.state != State::kWaiting) {
    return;
  }
  subscriber.state = State::kSubscribed;
  --in_setup_;
  ++ready_;
  ++ready_by_key_[key_of(index)];
  last_subscribed_ = received_;
  connect_time_.add(received_ - subscriber.started);
  if (group_.leaves) {
    subscriber.state = State::kLeaving;
    --ready_;
    --ready_by_key_[key_of(index)];
  }
}

void Subscribers::on_delivery(std::size_t index, std::string_view text, std::string_view id) {
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
  bool is_id_right = true;
  if (!id.empty()) {
    ++counts_.with_id;
    last_cursor_ = id;
    is_id_right = ids_.check(*mark, id, subscribers_[index].last_id);
  }
  // Either all events have one or none has.
  const bool is_as_others = counts_.with_id == 0 || counts_.with_id == counts_.delivered;
  counts_.bad_ids += is_id_right && is_as_others ? 0U : 1U;
}

void Subscribers::close(Subscriber& subscriber, std::size_t index) {
  if (subscriber.state == State::kSubscribed) {
    ++disconnects_;
    --ready_;
    --ready_by_key_[key_of(index)];
  } else if (subscriber.state != State::kLeaving) {
    --in_setup_;
  }
  subscriber.state = State::kClosed;
  subscriber.socket.close();
}

}  // namespace rig::bench
