// rig_floor: the least that a server can do for the work that the benchmarks ask of the gateway;
// the yardstick for its processor time. One thread, level-triggered epoll, one send() per client
// and event. It knows two requests:
//   GET  /sub/<type>[/<key>]   opens a stream of chunked server-sent events, framed as the gateway
//   frames them POST /pub/<type>[/<key>]   sends the body to all clients of exactly that path
// and reads no more of them than the path and the length. Not for anything but benchmarks: it
// believes its clients.
//
//   rig_floor PORT

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: "
    "no-cache\r\n"
    "access-control-allow-origin: *\r\ntransfer-encoding: chunked\r\n\r\n";
constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";

struct Connection;
using Topic = std::vector<Connection*>;

struct Connection {
  int fd = -1;
  std::string request;       // may be incomplete
  std::string unsent;        // what the socket did not take
  Topic* topic = nullptr;    // of a subscriber
  std::size_t position = 0;  // in its topic
};

std::string chunk_of(std::string_view type, std::string_view data) {
  std::string event = "event: ";
  event.append(type).append("\ndata: ").append(data).append("\n\n");
  std::array<char, 24> size;
  std::snprintf(size.data(), size.size(), "%zx\r\n", event.size());
  return size.data() + event + "\r\n";
}

class Floor {
 public:
  explicit Floor(std::uint16_t port) : epoll_(::epoll_create1(0)), buffer_(65536) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0) {
      std::perror("rig_floor");
      std::exit(2);
    }
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> ready;
    for (;;) {
      const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = ready[static_cast<std::size_t>(i)];
        if (event.data.fd == listener_) {
          accept_all();
          continue;
        }
        // A descriptor that was closed and reused within this batch is only looked at too early.
        Connection* connection = connections_[static_cast<std::size_t>(event.data.fd)].get();
        if (connection != nullptr && (event.events & EPOLLOUT) != 0) {
          flush(*connection);
        }
        if (connection != nullptr && (event.events & ~EPOLLOUT) != 0) {
          receive(*connection);
        }
      }
    }
  }

 private:
  void watch(int operation, int fd, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const auto index = static_cast<std::size_t>(fd);
      if (index >= connections_.size()) {
        connections_.resize(index + 1);
      }
      connections_[index] = std::make_unique<Connection>();
      connections_[index]->fd = fd;
      watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void receive(Connection& connection) {
    const ssize_t count = ::recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (count < 0 && errno == EAGAIN) {
      return;
    }
    if (count <= 0) {
      close(connection);
      return;
    }
    connection.request.append(buffer_.data(), static_cast<std::size_t>(count));
    const std::string_view request = connection.request;
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string_view::npos) {
      return;
    }
    const std::string_view path = request.substr(0, request.find(' ', 5)).substr(request.find('/'));
    if (request.starts_with("GET ")) {
      subscribe(connection, std::string(path.substr(5)));
      connection.request = std::string();
      return;
    }
    const std::size_t length = request.find("Content-Length: ") + 16;
    const std::size_t body = std::strtoull(request.data() + length, nullptr, 10);
    if (request.size() >= head + 4 + body) {
      send(connection, kAccepted);
      publish(std::string(path.substr(5)), request.substr(head + 4, body));
      connection.request.clear();
    }
  }

  void subscribe(Connection& connection, const std::string& path) {
    connection.topic = &topics_[path];
    connection.position = connection.topic->size();
    connection.topic->push_back(&connection);
    send(connection, std::string(kStreamHead) + chunk_of("rig.subscriptions_set", "[]"));
  }

  void publish(const std::string& path, std::string_view body) {
    const auto topic = topics_.find(path);
    if (topic == topics_.end()) {
      return;
    }
    const std::string chunk = chunk_of(path.substr(0, path.find('/')), body);
    for (Connection* subscriber : topic->second) {
      send(*subscriber, chunk);
    }
  }

  void send(Connection& connection, std::string_view bytes) {
    if (connection.unsent.empty()) {
      const ssize_t sent = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
      if (bytes.empty()) {
        return;
      }
      watch(EPOLL_CTL_MOD, connection.fd, EPOLLIN | EPOLLOUT);
    }
    connection.unsent += bytes;
  }

  void flush(Connection& connection) {
    const std::string bytes = std::move(connection.unsent);
    connection.unsent.clear();
    watch(EPOLL_CTL_MOD, connection.fd, EPOLLIN);
    send(connection, bytes);
  }

  void close(Connection& connection) {
    if (Topic* topic = connection.topic; topic != nullptr) {
      topic->back()->position = connection.position;
      (*topic)[connection.position] = topic->back();
      topic->pop_back();
    }
    ::close(connection.fd);
    connections_[static_cast<std::size_t>(connection.fd)].reset();
  }

  int epoll_;
  int listener_ = -1;
  std::vector<char> buffer_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
  std::unordered_map<std::string, Topic> topics_;
};

}  // namespace

int main(int argc, char** argv) {
  const int port = argc == 2 ? std::atoi(argv[1]) : 0;
  if (port < 1 || port > 65535) {
    std::fprintf(stderr, "usage: rig_floor PORT\n");
    return 2;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  Floor(static_cast<std::uint16_t>(port)).run();
}
