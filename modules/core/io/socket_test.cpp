#include <rig/core/ref.hpp>
#include <rig/core/socket.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace rig {
namespace {

namespace asio = boost::asio;
using namespace boost::asio::experimental::awaitable_operators;
using boost::system::error_code;
using Wait = Socket::Wait;

/// A watched socket and, as a plain descriptor, its peer.
struct Pair {
  explicit Pair(asio::io_context& context) : socket(context.get_executor()) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
    EXPECT_FALSE(socket.assign(fds[0]));
    peer = fds[1];
  }
  ~Pair() { leave(); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void say(std::string_view text) const {
    ASSERT_EQ(::send(peer, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  void leave() {
    if (peer >= 0) ::close(std::exchange(peer, -1));
  }
  Socket::Received receive() {
    std::array<char, 8> bytes;
    return socket.receive(bytes);
  }
  std::string read(std::size_t at_most = 64) {
    std::string text(at_most, '\0');
    text.resize(socket.receive(text).bytes);
    return text;
  }

  Socket socket;
  int peer;
};

Task<error_code> wait(Ref<Socket> socket, Wait what) {
  const auto [error] = co_await socket->async_wait(what, kUseTaskTuple);
  co_return error;
}

/// What a coroutine that is run to its end gives.
template <class T>
T run(asio::io_context& context, Task<T> task) {
  std::optional<T> result;
  asio::co_spawn(context, std::move(task), [&](const std::exception_ptr& error, T value) {
    EXPECT_FALSE(error);
    result = std::move(value);
  });
  context.restart();
  context.run();
  EXPECT_TRUE(result.has_value());
  return std::move(*result);
}

TEST(Socket, CanBeReadWhenItsPeerHasSent) {
  asio::io_context context{1};
  Pair pair(context);
  std::optional<error_code> came;
  pair.socket.async_wait(Wait::kRead, [&](const error_code& error) { came = error; });
  context.poll();
  EXPECT_FALSE(came);
  pair.say("hello");
  context.run();
  ASSERT_TRUE(came);
  EXPECT_FALSE(*came);
  EXPECT_EQ(pair.read(), "hello");
}

TEST(Socket, BytesThatWereLeftNeedNoNewEdge) {
  asio::io_context context{1};
  Pair pair(context);
  pair.say("abcdef");
  EXPECT_FALSE(run(context, wait(pair.socket, Wait::kRead)));
  EXPECT_EQ(pair.read(3), "abc");
  EXPECT_FALSE(run(context, wait(pair.socket, Wait::kRead)));
  EXPECT_EQ(pair.read(3), "def");
}

TEST(Socket, DoesNotCompleteWithinTheCall) {
  asio::io_context context{1};
  Pair pair(context);
  pair.say("abc");
  EXPECT_FALSE(run(context, wait(pair.socket, Wait::kRead)));
  bool is_done = false;
  pair.socket.async_wait(Wait::kRead, [&](const error_code&) { is_done = true; });
  EXPECT_FALSE(is_done);
  context.restart();
  context.run();
  EXPECT_TRUE(is_done);
}

TEST(Socket, AnEndBehindBytesIsNotMissed) {
  asio::io_context context{1};
  Pair pair(context);
  pair.say("last");
  pair.leave();
  EXPECT_FALSE(run(context, wait(pair.socket, Wait::kRead)));
  EXPECT_EQ(pair.read(), "last");  // shorter than asked for, and yet more is to be known
  EXPECT_FALSE(run(context, wait(pair.socket, Wait::kRead)));
  const auto end = pair.receive();
  EXPECT_TRUE(end.peer_is_gone);
  EXPECT_FALSE(end.was_broken);
}

TEST(Socket, CanBeWrittenWhenItsPeerHasTakenSome) {
  asio::io_context context{1};
  Pair pair(context);
  const std::string much(std::size_t{1} << 16, 'x');
  while (::send(pair.socket.native_handle(), much.data(), much.size(), MSG_NOSIGNAL) > 0) {
  }
  std::optional<error_code> came;
  pair.socket.async_wait(Wait::kWrite, [&](const error_code& error) { came = error; });
  context.poll();
  EXPECT_FALSE(came);
  std::string sink(much.size(), '\0');
  while (::recv(pair.peer, sink.data(), sink.size(), 0) > 0) {
  }
  context.restart();
  context.run();
  EXPECT_EQ(came, error_code());
  EXPECT_GT(::send(pair.socket.native_handle(), "x", 1, MSG_NOSIGNAL), 0);
}

TEST(Socket, CancellingAndClosingEndWaits) {
  asio::io_context context{1};
  for (const bool closes : {false, true}) {
    Pair pair(context);
    std::vector<error_code> came;
    for (const auto what : {Wait::kRead, Wait::kError})
      pair.socket.async_wait(what, [&](const error_code& error) { came.push_back(error); });
    context.restart();
    context.poll();
    closes ? pair.socket.close() : pair.socket.cancel();
    EXPECT_TRUE(came.empty());
    context.run();
    EXPECT_EQ(came, std::vector<error_code>(2, asio::error::operation_aborted));
    EXPECT_EQ(pair.socket.is_open(), !closes);
  }
}

TEST(Socket, WhoComesFirstEndsTheOthersWait) {
  asio::io_context context{1};
  Pair quiet(context);
  Pair loud(context);
  loud.say("!");
  const auto first = run(context, [](Ref<Pair> a, Ref<Pair> b) -> Task<std::size_t> {
    const auto both = co_await (wait(a->socket, Wait::kRead) || wait(b->socket, Wait::kRead));
    co_return both.index();
  }(quiet, loud));
  EXPECT_EQ(first, 1U);
  // And the other one can be waited for again.
  quiet.say("?");
  EXPECT_FALSE(run(context, wait(quiet.socket, Wait::kRead)));
  EXPECT_EQ(quiet.read(), "?");
}

TEST(Socket, AHandlerMayCloseTheOthersOfItsTurn) {
  asio::io_context context{1};
  Pair first(context);
  Pair second(context);
  int calls = 0;
  std::vector<error_code> errors;
  const auto close_other = [&](Pair& other) {
    return [&](const error_code& error) {
      ++calls;
      errors.push_back(error);
      other.socket.close();
    };
  };
  first.socket.async_wait(Wait::kRead, close_other(second));
  second.socket.async_wait(Wait::kRead, close_other(first));
  first.say("a");
  second.say("b");
  context.run();
  EXPECT_EQ(calls, 2);
  const std::vector<error_code> one_was_first{error_code(), asio::error::operation_aborted};
  EXPECT_EQ(errors, one_was_first);
}

TEST(Socket, AWaitMayBeCancelledAfterItsSocketHasGone) {
  asio::io_context context{1};
  asio::cancellation_signal signal;
  std::optional<error_code> came;
  {
    Pair pair(context);
    pair.socket.async_wait(
        Wait::kRead, asio::bind_cancellation_slot(signal.slot(),
                                                  [&](const error_code& error) { came = error; }));
  }
  signal.emit(asio::cancellation_type::terminal);
  context.run();
  EXPECT_EQ(came, asio::error::operation_aborted);
}

TEST(Socket, AClosedOneAbortsWhatIsAskedOfIt) {
  asio::io_context context{1};
  Pair pair(context);
  pair.socket.close();
  EXPECT_EQ(run(context, wait(pair.socket, Wait::kRead)), asio::error::operation_aborted);
  EXPECT_TRUE(pair.receive().peer_is_gone);
}

TEST(Socket, ACoroutineThatWaitsForEverGoesWithItsContext) {
  bool is_destroyed = false;
  {
    asio::io_context context{1};
    asio::co_spawn(
        context,
        [](Ref<asio::io_context> of, Ref<bool> flag) -> Task<> {
          const struct Flag {
            ~Flag() { raised = true; }
            bool& raised;
          } at_the_end{*flag};
          Pair pair(*of);
          co_await wait(pair.socket, Wait::kRead);
        }(context, is_destroyed),
        [](const std::exception_ptr&) {});
    context.poll();
    EXPECT_FALSE(is_destroyed);
  }
  EXPECT_TRUE(is_destroyed);
}

}  // namespace
}  // namespace rig
