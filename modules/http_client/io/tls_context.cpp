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

}  // namespace rig::http_client
