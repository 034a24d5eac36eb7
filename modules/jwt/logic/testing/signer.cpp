#include "logic/testing/signer.hpp"

#include "logic/openssl.hpp"

#include <rig/core/assert.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <utility>

namespace rig::jwt {
namespace {

using Bio = Owned<BIO, BIO_free>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const EVP_MD* digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEdDsa: return nullptr;
    case Algorithm::kHs256:
    case Algorithm::kRs256:
    case Algorithm::kPs256:
    case Algorithm::kEs256: return EVP_sha256();
    case Algorithm::kHs384:
    case Algorithm::kRs384:
    case Algorithm::kPs384:
    case Algorithm::kEs384: return EVP_sha384();
    default: return EVP_sha512();
  }
}

const char* curve_of(Algorithm algorithm) {
  if (algorithm == Algorithm::kEs256) return "P-256";
  return algorithm == Algorithm::kEs384 ? "P-384" : "P-521";
}

int coordinate_bytes_of(Algorithm algorithm) {
  if (algorithm == Algorithm::kEs256) return 32;
  return algorithm == Algorithm::kEs384 ? 48 : 66;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

EVP_PKEY* new_key(Algorithm algorithm, std::string_view kind) {
  switch (family_of(algorithm)) {
    case Family::kHmac: return nullptr;
    case Family::kRsa:
    case Family::kRsaPss: return EVP_RSA_gen(kind.empty() ? 2048U : std::stoul(std::string(kind)));
    case Family::kEcdsa: return EVP_EC_gen(kind.empty() ? curve_of(algorithm) : kind.data());
    case Family::kEdDsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, kind == "Ed448" ? "ED448" : "ED25519");
  }
  return nullptr;
}

/// A number of the key as base64url, of `size` bytes, or as few as it needs.
std::string number_of(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  RIG_ASSERT(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const Owned<BIGNUM, BN_free> owned(number);
  std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(number)), '\0');
  RIG_ASSERT(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size())) >= 0);
  return encode_base64url(bytes);
}

}  // namespace

std::string encode_base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += kDigits[bits >> (count - 6) & 63];
    bits &= 63;
  }
  if (count > 0) text += kDigits[bits << (6 - count) & 63];
  return text;
}

std::string unsigned_token(std::string_view header, std::string_view payload) {
  return encode_base64url(header) + '.' + encode_base64url(payload);
}

Signer::Signer(Algorithm algorithm, std::shared_ptr<EVP_PKEY> key, std::string secret)
    : algorithm_(algorithm), key_(std::move(key)), secret_(std::move(secret)) {}

Signer Signer::make(Algorithm algorithm, std::string_view kind) {
  if (family_of(algorithm) == Family::kHmac)
    return with_secret(algorithm,
                       "a secret of more than sixty-four bytes, which is long enough for"
                       " every digest");
  std::shared_ptr<EVP_PKEY> key(new_key(algorithm, kind), EVP_PKEY_free);
  RIG_ASSERT(key != nullptr);
  return {algorithm, std::move(key), {}};
}

Signer Signer::with_secret(Algorithm algorithm, std::string secret) {
  return {algorithm, nullptr, std::move(secret)};
}

Signer Signer::from_pem(Algorithm algorithm, const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr),
                                EVP_PKEY_free);
  RIG_ASSERT(key != nullptr);
  return {algorithm, std::move(key), {}};
}

Signer Signer::as(Algorithm algorithm) const { return {algorithm, key_, secret_}; }

std::string Signer::verification_key() const {
  if (!key_) return secret_;
  const Bio bio(BIO_new(BIO_s_mem()));
  RIG_ASSERT(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  return text_of(bio);
}

std::string Signer::private_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  RIG_ASSERT(
      PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio);
}

std::string Signer::certificate_pem() const {
  const Owned<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key_.get());
  RIG_ASSERT(X509_sign(certificate.get(), key_.get(), digest_of(algorithm_)) > 0);
  const Bio bio(BIO_new(BIO_s_mem()));
  RIG_ASSERT(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  return text_of(bio);
}

std::string Signer::pkcs1_pem() const {
  const Owned<OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free> encoder(
      OSSL_ENCODER_CTX_new_for_pkey(key_.get(), EVP_PKEY_PUBLIC_KEY, "PEM", "pkcs1", nullptr));
  const Bio bio(BIO_new(BIO_s_mem()));
  RIG_ASSERT(OSSL_ENCODER_to_bio(encoder.get(), bio.get()) == 1);
  return text_of(bio);
}

std::string Signer::jwk(std::string_view more) const {
  std::string text;
  switch (family_of(algorithm_)) {
    case Family::kHmac: text = R"({"kty":"oct","k":")" + encode_base64url(secret_) + '"'; break;
    case Family::kRsa:
    case Family::kRsaPss:
      text = R"({"kty":"RSA","n":")" + number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
             number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E) + '"';
      break;
    case Family::kEcdsa: {
      const int size = coordinate_bytes_of(algorithm_);
      text = std::string(R"({"kty":"EC","crv":")") + curve_of(algorithm_) + R"(","x":")" +
             number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, size) + R"(","y":")" +
             number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, size) + '"';
      break;
    }
    case Family::kEdDsa: {
      std::array<unsigned char, 64> bytes{};
      std::size_t size = bytes.size();
      RIG_ASSERT(EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size) == 1);
      text = std::string(R"({"kty":"OKP","crv":")") + (size == 32 ? "Ed25519" : "Ed448") +
             R"(","x":")" + encode_base64url({reinterpret_cast<const char*>(bytes.data()), size}) +
             '"';
      break;
    }
  }
  if (!more.empty()) text.append(",").append(more);
  return text + '}';
}

std::string Signer::digest_sign(std::string_view text, int salt_bytes) const {
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  RIG_ASSERT(EVP_DigestSignInit(context.get(), &settings, digest_of(algorithm_), nullptr,
                                key_.get()) == 1);
  if (family_of(algorithm_) == Family::kRsaPss) {
    RIG_ASSERT(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1);
    RIG_ASSERT(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salt_bytes) == 1);
  }
  std::size_t size = 0;
  RIG_ASSERT(EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) == 1);
  std::string signature(size, '\0');
  RIG_ASSERT(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                            &size, bytes_of(text), text.size()) == 1);
  signature.resize(size);
  return signature;
}

std::string Signer::pss_signature(std::string_view text, int salt_bytes) const {
  return digest_sign(text, salt_bytes);
}

std::string Signer::der_signature(std::string_view text) const {
  return digest_sign(text, RSA_PSS_SALTLEN_DIGEST);
}

std::string Signer::signature(std::string_view text) const {
  if (family_of(algorithm_) == Family::kHmac) {
    std::string code(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    HMAC(digest_of(algorithm_), secret_.data(), static_cast<int>(secret_.size()), bytes_of(text),
         text.size(), reinterpret_cast<unsigned char*>(code.data()), &size);
    code.resize(size);
    return code;
  }
  std::string signature = digest_sign(text, RSA_PSS_SALTLEN_DIGEST);
  if (family_of(algorithm_) != Family::kEcdsa) return signature;
  const auto* at = bytes_of(signature);
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size())));
  const int half = coordinate_bytes_of(algorithm_);
  std::string raw(2 * static_cast<std::size_t>(half), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + half, half);
  return raw;
}

std::string Signer::sign(std::string_view header, std::string_view payload) const {
  const std::string text = unsigned_token(header, payload);
  return text + '.' + encode_base64url(signature(text));
}

std::string Signer::header(std::string_view more) const {
  std::string text = R"({"alg":")" + std::string(name_of(algorithm_)) + R"(","typ":"JWT")";
  if (!more.empty()) text.append(",").append(more);
  return text + '}';
}

std::string Signer::token(std::string_view claims, std::string_view more) const {
  return sign(header(more), claims);
}

}  // namespace rig::jwt
