#include <rig/http_client/testing/certificates.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace rig::http_client {
namespace {

void must(bool is_good) {
  if (!is_good) throw std::runtime_error("OpenSSL cannot make a certificate");
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

/// Unsigned. `issuer` null: its own.
CertificatePtr certificate_of(EVP_PKEY* key, const char* name, X509* issuer, long seconds_left) {
  static long serial = 1;
  CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds_left);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(),
                       issuer == nullptr ? subject : X509_get_subject_name(issuer));
  return certificate;
}

}  // namespace

Authority::Authority()
    : key_(EVP_EC_gen("P-256")),
      certificate_(certificate_of(key_.get(), "Test authority", nullptr, 3600)) {
  add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  must(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
  std::string path = "/tmp/rig-http-client-test-XXXXXX";
  const int fd = ::mkstemp(path.data());
  std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "wb");
  must(file != nullptr && PEM_write_X509(file, certificate_.get()) == 1);
  std::fclose(file);
  file_ = path;
}

Authority::~Authority() { ::unlink(file_.c_str()); }

TlsServerPtr Authority::server(const std::string& names, long seconds_left) const {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const auto certificate =
      certificate_of(key.get(), "Test server", certificate_.get(), seconds_left);
  add_extension(certificate.get(), NID_subject_alt_name, names);
  must(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
  TlsServerPtr context(SSL_CTX_new(TLS_server_method()));
  must(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
  must(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  return context;
}

}  // namespace rig::http_client
