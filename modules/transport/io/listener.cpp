#include "io/listener.hpp"

#include "io/descriptors.hpp"
#include "io/transport_shard.hpp"
#include "logic/response_writer.hpp"

#include <rig/core/error.hpp>
#include <rig/core/log.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace rig::transport {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 256;
/// How long a peer may leave bytes unacknowledged before its connection is given up
/// (TCP_USER_TIMEOUT).
constexpr unsigned kUnacknowledgedMsMax = 60'000;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

template <class T>
bool set_option(int fd, int level, int name, T value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/// A bound socket, or -1 and errno. Options of the listener are inherited by what it accepts.
int bind_socket(const tcp::endpoint& endpoint, bool shared) {
  Descriptor fd(
      ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return -1;
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (shared) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (endpoint.address().is_v6()) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kUnacknowledgedMsMax);
  if (::bind(fd.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) return -1;
  return fd.release();
}

std::uint16_t port_of(int fd) {
  tcp::endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) != 0) return 0;
  endpoint.resize(size);
  return endpoint.port();
}

/// All interfaces: IPv6 with IPv4 mapped into it, or IPv4 where the machine has no IPv6.
tcp::endpoint endpoint_of(const std::string& address, std::uint16_t port) {
  if (address.empty()) {
    const tcp::endpoint any(tcp::v6(), port);
    const Descriptor probe(bind_socket(any, false));
    return probe.get() >= 0 || errno == EADDRINUSE || errno == EACCES
               ? any
               : tcp::endpoint(tcp::v4(), port);
  }
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error)
    throw StartupError("RIG_BIND_ADDRESS is \"" + address +
                       "\", but must be an IPv4 or IPv6 address");
  return {parsed, port};
}

void start_session(TransportShard& shard, int fd, Door door) {
  Socket socket(shard.executor());
  if (socket.assign(fd)) return;  // there is no memory to watch it
  shard.start_session(std::move(socket), door);
}

/// For want of a descriptor: the next client is told so, if there is one.
SpareDescriptor::Outcome refuse_connection(TransportShard& shard, int listener, Door door) {
  auto response = HttpResponse::error(503, "This node has all the connections it can have.");
  response.headers.add("retry-after", "1");
  const Headers unknown;  // the request is not read
  if (door == Door::kInbound) shard.context().cors.add_to(response.headers, unknown);
  const ResponseFraming last{11, false, true};
  const auto answer = write_response(response, last, shard.date());
  const auto outcome = shard.spare_descriptor().refuse_connection(listener, answer);
  if (outcome == SpareDescriptor::Outcome::kNobodyWaits) return outcome;
  if (outcome == SpareDescriptor::Outcome::kRefused) shard.metrics().dropped_descriptors.add();
  if (shard.admission().note_lack_of_descriptors())
    RIG_LOG(kError, "out of file descriptors: new connections are refused",
            {"allowed", descriptors_allowed()});
  return outcome;
}

}  // namespace

Listeners::Listeners(const std::string& address, std::uint16_t port, std::size_t count,
                     std::string_view setting) {
  const auto refuse = [&](int error) {
    throw StartupError("cannot listen on port " + std::to_string(port) + " (" +
                       std::string(setting) + "): " + std::strerror(error));
  };
  tcp::endpoint endpoint = endpoint_of(address, port);
  {
    // A first socket that does not share shows whether the port is free: a shared one would be let
    // in beside the sockets of another gateway of the same user, and the two would split the
    // clients.
    const Descriptor first(bind_socket(endpoint, false));
    if (first.get() < 0 || ::listen(first.get(), 1) != 0) refuse(errno);
    port = port_ = port_of(first.get());
  }
  endpoint.port(port_);
  for (std::size_t i = 0; i < count; ++i) {
    Descriptor fd(bind_socket(endpoint, true));
    if (fd.get() < 0 || ::listen(fd.get(), kBacklog) != 0) refuse(errno);
    sockets_.push_back(fd.release());
  }
}

Listeners::~Listeners() {
  for (const int fd : sockets_) ::close(fd);
}

int Listeners::take() {
  const int fd = sockets_.back();
  sockets_.pop_back();
  return fd;
}

Task<> accept_connections(Ref<TransportShard> shard, int listener, Door door) {
  boost::asio::basic_socket_acceptor<tcp, Executor> acceptor(shard->executor());
  acceptor.assign(tcp::v6(), listener);  // the family is of no consequence for what follows
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, Executor>
      pause(shard->executor());
  bool is_out_of_memory = false;
  for (;;) {
    const auto [error] = co_await acceptor.async_wait(asio::socket_base::wait_read, kUseTaskTuple);
    if (error) co_return;
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        is_out_of_memory = false;
        start_session(*shard, fd, door);
        continue;
      }
      const int reason = errno;
      if (reason == EAGAIN) break;
      if (reason == EMFILE || reason == ENFILE) {
        const auto outcome = refuse_connection(*shard, listener, door);
        if (outcome == SpareDescriptor::Outcome::kRefused) continue;
        if (outcome == SpareDescriptor::Outcome::kNobodyWaits) break;
      } else if (reason != ENOBUFS && reason != ENOMEM) {
        continue;  // that connection has gone
      } else if (!std::exchange(is_out_of_memory, true)) {
        RIG_LOG(kError, "cannot accept connections", {"reason", std::strerror(reason)});
      }
      pause.expires_after(std::chrono::milliseconds(100));
      const auto [stopped] = co_await pause.async_wait(kUseTaskTuple);
      if (stopped) co_return;
      break;
    }
  }
}

}  // namespace rig::transport
