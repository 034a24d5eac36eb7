#include <rig/http_client/testing/server.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace rig::http_client {
namespace {

constexpr int kDripMilliseconds = 20;

int bind_loopback(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, plain, size) != 0 || ::getsockname(fd, plain, &size) != 0)
    throw std::runtime_error("no loopback port");
  port = ntohs(address.sin_port);
  return fd;
}

std::size_t body_bytes(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  return at == std::string_view::npos ? 0
                                      : std::stoul(std::string(head.substr(at + kName.size(), 10)));
}

}  // namespace

Peer::Peer(int fd, std::size_t number, SSL_CTX* tls) : fd_(fd), number_(number) {
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls));
  SSL_set_fd(tls_.get(), fd_);
  is_ready_ = SSL_accept(tls_.get()) == 1;
}

Peer::~Peer() = default;  // the socket is the server's

std::size_t Peer::receive(char* into, std::size_t size) {
  const auto got = tls_ ? SSL_read(tls_.get(), into, static_cast<int>(size))
                        : static_cast<int>(::recv(fd_, into, size, 0));
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::string Peer::read_request() {
  std::array<char, 4096> buffer;
  for (;;) {
    if (const auto end = rest_.find("\r\n\r\n"); end != std::string::npos) {
      const auto size = end + 4 + body_bytes(std::string_view(rest_).substr(0, end));
      if (rest_.size() >= size) {
        std::string request = rest_.substr(0, size);
        rest_.erase(0, size);
        return request;
      }
    }
    const auto got = receive(buffer.data(), buffer.size());
    if (got == 0) return {};
    rest_.append(buffer.data(), got);
  }
}

std::string Peer::read_some() {
  if (!rest_.empty()) return std::exchange(rest_, {});
  std::array<char, 16384> buffer;
  return {buffer.data(), receive(buffer.data(), buffer.size())};
}

void Peer::finish_writing() { ::shutdown(fd_, SHUT_WR); }

void Peer::reset_at_end() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_
                          ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Peer::drip_until_closed() {
  pollfd poll{fd_, POLLIN, 0};
  while (::poll(&poll, 1, kDripMilliseconds) == 0) write("x");
}

void Peer::wait_until_closed() {
  std::array<char, 256> buffer;
  while (receive(buffer.data(), buffer.size()) > 0) {
  }
}

std::string Peer::server_name() const {
  const char* name = tls_ ? SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
  return name == nullptr ? "" : name;
}

Server::Server(std::function<void(Peer&)> serve, SSL_CTX* tls)
    : serve_(std::move(serve)), tls_(tls), listener_(bind_loopback(port_)) {
  std::signal(SIGPIPE, SIG_IGN);  // as in the gateway; OpenSSL writes without MSG_NOSIGNAL
  if (::listen(listener_, 64) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

void Server::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    if (is_stopped_) {
      ::close(fd);
      return;
    }
    open_.push_back(fd);
    threads_.emplace_back([this, fd, number = accepted_++] {
      {
        Peer peer(fd, number, tls_);
        if (peer.is_ready()) serve_(peer);
      }
      const std::lock_guard inner(mutex_);
      std::erase(open_, fd);
      ::close(fd);
    });
  }
}

std::string Server::url(std::string_view host, std::string_view path) const {
  std::string url(tls_ == nullptr ? "http://" : "https://");
  return url.append(host).append(":").append(std::to_string(port_)).append(path);
}

std::string url_of_nobody() {
  std::uint16_t port = 0;
  ::close(bind_loopback(port));
  return "http://127.0.0.1:" + std::to_string(port) + "/";
}

}  // namespace rig::http_client
