#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace rig::http_client {

struct Free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using CertificatePtr = std::unique_ptr<X509, Free>;
using TlsServerPtr = std::unique_ptr<SSL_CTX, Free>;

/// An authority that lives as long as the test, and the file that says it is trusted.
class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  [[nodiscard]] const std::string& file() const noexcept { return file_; }

  /// A server whose certificate is for `names`, like "DNS:localhost,IP:127.0.0.1", and ends so
  /// many seconds from now.
  [[nodiscard]] TlsServerPtr server(const std::string& names, long seconds_left = 3600) const;

 private:
  KeyPtr key_;
  CertificatePtr certificate_;
  std::string file_;
};

}  // namespace rig::http_client
