#include "io/descriptors.hpp"

#include "io/socket.hpp"

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace rig::transport {
namespace {

/// The request of a client that is refused; read so that the close is no reset, which could take
/// the answer with it.
void drop_what_is_there(int fd) noexcept {
  constexpr int kReadsMax = 16;
  std::array<char, 4096> request;
  for (int i = 0; i < kReadsMax && ::recv(fd, request.data(), request.size(), MSG_DONTWAIT) > 0;
       ++i)
    continue;
}

}  // namespace

std::size_t descriptors_allowed() noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

std::size_t descriptors_open() {
  std::error_code failed;
  const std::filesystem::directory_iterator open("/proc/self/fd", failed);
  if (failed) return 0;  // no /proc, as in some containers: a few are of no consequence
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

void SpareDescriptor::take() noexcept {
  if (fd_ < 0) fd_ = ::eventfd(0, EFD_CLOEXEC);
}

void SpareDescriptor::give() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

SpareDescriptor::Outcome SpareDescriptor::refuse_connection(int listener,
                                                            std::string_view answer) noexcept {
  give();
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  const auto outcome = fd >= 0           ? Outcome::kRefused
                       : errno == EAGAIN ? Outcome::kNobodyWaits
                                         : Outcome::kFailed;
  if (fd >= 0) {
    drop_what_is_there(fd);
    (void)write_now(fd, std::array{answer});
    ::shutdown(fd, SHUT_WR);
    drop_what_is_there(fd);
    ::close(fd);
  }
  take();
  return outcome;
}

}  // namespace rig::transport
