#include "io/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace rig::http_client {
namespace ssl = boost::asio::ssl;

boost::system::result<ssl::context, std::string> make_tls_context(const std::string& ca_file) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  boost::system::error_code error;
  context.set_verify_mode(ssl::verify_peer, error);
  // Without a store of the system, only `ca_file` is trusted: nothing that would have to be
  // reported, as not every gateway calls https services.
  context.set_default_verify_paths(error);
  error.clear();
  if (!ca_file.empty()) context.load_verify_file(ca_file, error);
  ERR_clear_error();
  if (error) return "cannot be read as certificates in PEM form: " + error.message();
  return context;
}

boost::system::result<std::shared_ptr<SSL_CTX>, std::string> SharedTlsContexts::make(
    const TlsTrust& trust) const {
  const auto shared = [](SSL_CTX* context) {
    SSL_CTX_up_ref(context);
    return std::shared_ptr<SSL_CTX>(context, &SSL_CTX_free);
  };
  if (trust.is_verified && trust.ca_file.empty()) return shared(own_.native_handle());
  auto context = make_tls_context(trust.ca_file);
  if (!context) return std::move(context).error();
  if (!trust.is_verified) SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_NONE, nullptr);
  return shared(context->native_handle());
}

}  // namespace rig::http_client
