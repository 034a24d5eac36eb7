#include "io/tls_session.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>

namespace rig::proxy {
namespace {

int size_of(std::size_t size) noexcept {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

TlsSession::TlsSession(const TlsContext& context, int fd, const std::string& host)
    : context_(context), ssl_(SSL_new(context.get()), &SSL_free) {
  SSL* ssl = ssl_.get();
  SSL_set_fd(ssl, fd);
  SSL_set_connect_state(ssl);
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                        SSL_MODE_RELEASE_BUFFERS);
  SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  if (error) {
    SSL_set_tlsext_host_name(ssl, host.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  }
}

Step TlsSession::step_of(int result) noexcept {
  if (result > 0) return {Step::State::kDone, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {Step::State::kWantsRead};
    case SSL_ERROR_WANT_WRITE: return {Step::State::kWantsWrite};
    case SSL_ERROR_ZERO_RETURN: return {Step::State::kEnd};
    default: break;
  }
  const char* why = ERR_reason_error_string(ERR_peek_last_error());
  error_ = why == nullptr ? "the connection broke" : why;
  ERR_clear_error();
  return {Step::State::kBroken};
}

Step TlsSession::shake_hands() noexcept {
  ERR_clear_error();
  return step_of(SSL_do_handshake(ssl_.get()));
}

Step TlsSession::read(std::span<char> into) noexcept {
  ERR_clear_error();
  return step_of(SSL_read(ssl_.get(), into.data(), size_of(into.size())));
}

Step TlsSession::write(std::string_view bytes) noexcept {
  ERR_clear_error();
  return step_of(SSL_write(ssl_.get(), bytes.data(), size_of(bytes.size())));
}

std::string TlsSession::reason() const {
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (verdict == X509_V_OK) return "TLS: " + error_;
  return "TLS: " + error_ + ": " + X509_verify_cert_error_string(verdict);
}

}  // namespace rig::proxy
