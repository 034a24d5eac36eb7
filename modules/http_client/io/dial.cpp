#include "io/dial.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace rig::http_client {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using Reason = Failure::Reason;

constexpr std::size_t kAddressesMax = 8;

Failure unreachable(const Url& url, std::string_view what, const error_code& error) {
  return {Reason::kUnreachable, url.server() + ": " + std::string(what) + ": " + error.message()};
}

/// A look-up that its caller may leave: the system's resolver cannot be interrupted, so what is
/// left ends later and finds nobody.
struct Lookup {
  explicit Lookup(Executor executor) : resolver(executor) {}
  Resolver resolver;
  Call* call = nullptr;
  bool is_done = false;
  error_code error;
  std::vector<tcp::endpoint> addresses;
};

class LookupGuard {
 public:
  explicit LookupGuard(std::shared_ptr<Lookup> lookup) : lookup_(std::move(lookup)) {}
  ~LookupGuard() {
    lookup_->call = nullptr;
    lookup_->resolver.cancel();  // if it has not begun, it will not
  }
  LookupGuard(const LookupGuard&) = delete;
  LookupGuard& operator=(const LookupGuard&) = delete;

 private:
  std::shared_ptr<Lookup> lookup_;
};

std::optional<tcp::endpoint> numeric(const Url& url) {
  error_code error;
  const auto address = asio::ip::make_address(url.host, error);
  if (error) return std::nullopt;
  std::uint16_t port = 0;
  std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
  return tcp::endpoint(address, port);
}

using Addresses = boost::system::result<std::vector<tcp::endpoint>>;

Task<Addresses> addresses_of(Ref<Call> call, Ref<const Url> url) {
  if (const auto address = numeric(*url)) co_return std::vector{*address};
  const auto lookup = std::make_shared<Lookup>(call->connection->socket().get_executor());
  const LookupGuard guard(lookup);
  lookup->call = &*call;
  lookup->resolver.async_resolve(
      url->host, url->port, Resolver::numeric_service,
      [lookup](const error_code& error, const Resolver::results_type& results) {
        lookup->is_done = true;
        lookup->error = error;
        for (const auto& result : results) {
          if (lookup->addresses.size() < kAddressesMax)
            lookup->addresses.push_back(result.endpoint());
        }
        if (lookup->call != nullptr) lookup->call->wake();
      });
  while (!lookup->is_done && call->ended() == Call::End::kNone) co_await Call::wait(call);
  if (lookup->error) co_return lookup->error;
  co_return std::move(lookup->addresses);
}

Task<error_code> connect(Ref<Call> call, std::vector<tcp::endpoint> addresses) {
  error_code error = asio::error::host_not_found;
  Socket& socket = call->connection->socket();
  for (const auto& address : addresses) {
    if (call->ended() != Call::End::kNone) break;
    socket.close(error);
    std::tie(error) = co_await socket.async_connect(address, kUseTaskTuple);
    if (!error) break;
  }
  if (!error) {
    error_code ignored;  // slower without it, not wrong
    socket.set_option(tcp::no_delay(true), ignored);
  }
  co_return error;
}

Failure tls_failure(const Url& url, TlsStream& stream, const error_code& error) {
  std::string message = url.server() + ": TLS: " + error.message();
  if (const long verdict = SSL_get_verify_result(stream.native_handle()); verdict != X509_V_OK) {
    message.append(": ").append(X509_verify_cert_error_string(verdict));
  }
  return {Reason::kTls, std::move(message)};
}

Task<std::optional<Failure>> shake_hands(Ref<Call> call, Ref<const Url> url,
                                         Ref<ssl::context> context) {
  TlsStream& stream = call->connection->add_tls(*context);
  // RFC 6066 section 3: names only, no addresses.
  if (!numeric(*url)) SSL_set_tlsext_host_name(stream.native_handle(), url->host.c_str());
  stream.set_verify_callback(ssl::host_name_verification(url->host));
  const auto [error] = co_await stream.async_handshake(TlsStream::client, kUseTaskTuple);
  ERR_clear_error();
  if (error) co_return tls_failure(*url, stream, error);
  co_return std::nullopt;
}

}  // namespace

Task<std::optional<Failure>> dial(Ref<Call> call, Ref<const Url> url, Ref<ssl::context> tls) {
  auto addresses = co_await addresses_of(call, url);
  if (!addresses) co_return unreachable(*url, "name", addresses.error());
  const auto error = co_await connect(call, std::move(*addresses));
  if (error) co_return unreachable(*url, "connection", error);
  if (call->ended() != Call::End::kNone) co_return unreachable(*url, "connection", error);
  call->connection->note_open();
  if (url->is_https) co_return co_await shake_hands(call, url, tls);
  co_return std::nullopt;
}

}  // namespace rig::http_client
