#include "publishers.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace rig::bench {
namespace {

constexpr std::size_t kReopenedMax = 100;

}  // namespace

PublishCounts& PublishCounts::operator-=(const PublishCounts& less) {
  published -= less.published;
  accepted -= less.accepted;
  refused -= less.refused;
  return *this;
}

PublisherGroup publishers_of(const Options& options) {
  PublisherGroup group;
  group.count = options.publishers;
  group.keys = options.keys;
  return group;
}

Publishers::Publishers(const Options& options, const PublisherGroup& group, Poller& poller,
                       Tag first_tag)
    : options_(options),
      group_(group),
      poller_(poller),
      first_tag_(first_tag),
      text_(options.payload, group.type),
      publishers_(group.count),
      next_sequence_(group.count * group.keys) {}

void Publishers::open() {
  for (std::size_t index = 0; index < publishers_.size(); ++index) {
    open(index);
  }
}

void Publishers::open(std::size_t index) {
  Publisher& publisher = publishers_[index];
  publisher.state = State::kConnecting;
  publisher.http = HttpReader{};
  publisher.socket = connect_loopback(options_.publish_port, 0);
  if (!publisher.socket.is_open()) {
    throw std::runtime_error("cannot connect to the port for publishing");
  }
  poller_.add(publisher.socket, first_tag_ + index, EPOLLIN | EPOLLOUT);
}

// A server may close a connection that is kept alive; one that closes them all the time is no use.
void Publishers::reopen(std::size_t index) {
  Publisher& publisher = publishers_[index];
  if (publisher.state == State::kBusy) {
    ++counts_.refused;
  } else if (publisher.state == State::kIdle) {
    std::erase(idle_, index);
  }
  if (++reopened_ > kReopenedMax) {
    throw std::runtime_error("the server keeps closing the connections that publish");
  }
  publisher.socket.close();
  open(index);
}

void Publishers::publish(std::uint32_t key, Nanos intended) {
  const std::size_t index = idle_.back();
  idle_.pop_back();
  Publisher& publisher = publishers_[index];
  publisher.state = State::kBusy;
  EventMark mark;
  mark.publisher = static_cast<std::uint32_t>(index);
  mark.key = key;
  mark.sequence = next_sequence_[index * group_.keys + key]++;
  mark.intended = intended;
  const auto key_in_path = group_.keys > 1 ? std::optional(key) : std::nullopt;
  publisher.request = publish_head(options_.peer, group_.type, key_in_path, options_.payload);
  text_.append(mark, publisher.request);
  publisher.unsent = publisher.request;
  publisher.sent = now();
  ++counts_.published;
  flush(index);
}

void Publishers::flush(std::size_t index) {
  Publisher& publisher = publishers_[index];
  // Of a broken connection the poller tells; it need not be asked for that.
  if (send_some(publisher.socket, publisher.unsent) && !publisher.unsent.empty()) {
    poller_.change(publisher.socket, first_tag_ + index, EPOLLIN | EPOLLOUT);
  }
}

void Publishers::on_ready(std::size_t index, std::uint32_t events) {
  Publisher& publisher = publishers_[index];
  if (publisher.state == State::kConnecting && (events & EPOLLERR) != 0) {
    throw std::runtime_error("cannot connect to the port for publishing");
  }
  if ((events & EPOLLOUT) != 0) {
    if (publisher.state == State::kConnecting) {
      publisher.state = State::kIdle;
      idle_.push_back(index);
    }
    poller_.change(publisher.socket, first_tag_ + index, EPOLLIN);
    flush(index);
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
    return;
  }
  std::array<char, 16384> buffer;
  const ssize_t count = ::recv(publisher.socket.fd(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  if (count <= 0 || !on_bytes(index, {buffer.data(), static_cast<std::size_t>(count)})) {
    reopen(index);
  }
}

bool Publishers::on_bytes(std::size_t index, std::string_view bytes) {
  Publisher& publisher = publishers_[index];
  for (;;) {
    std::string_view body;
    switch (publisher.http.next(bytes, body)) {
      case HttpReader::Step::kNeedMore: return true;
      case HttpReader::Step::kMalformed: return false;
      case HttpReader::Step::kBody: break;
      case HttpReader::Step::kEnd:
        if (publisher.state != State::kBusy) {
          return false;  // an answer that nobody asked for
        }
        ++(publisher.http.status() / 100 == 2 ? counts_.accepted : counts_.refused);
        answer_time_.add(now() - publisher.sent);
        publisher.state = State::kIdle;
        idle_.push_back(index);
        break;
    }
  }
}

}  // namespace rig::bench
