#include "logic/key.hpp"

#include "logic/openssl.hpp"

#include <rig/core/assert.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <tuple>
#include <utility>

namespace rig::jwt {
namespace {

const EVP_MD* digest_of(Algorithm algorithm) noexcept {
  switch (digest_bytes(algorithm)) {
    case 32: return EVP_sha256();
    case 48: return EVP_sha384();
    case 64: return EVP_sha512();
    default: return nullptr;
  }
}

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string with_line_breaks(std::string_view pem) {
  std::string text;
  text.reserve(pem.size());
  for (std::size_t i = 0; i < pem.size(); ++i) {
    if (pem[i] == '\\' && i + 1 < pem.size() && pem[i + 1] == 'n') {
      text.push_back('\n');
      ++i;
    } else {
      text.push_back(pem[i]);
    }
  }
  return text;
}

Key::PublicKey read_pem(const std::string& pem) {
  const Owned<BIO, BIO_free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    EVP_PKEY* key = nullptr;
    const Owned<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free> decoder(OSSL_DECODER_CTX_new_for_pkey(
        &key, "PEM", nullptr, nullptr, EVP_PKEY_PUBLIC_KEY, nullptr, nullptr));
    const bool is_key = decoder && OSSL_DECODER_from_bio(decoder.get(), bio.get()) == 1;
    return {is_key ? key : nullptr, EVP_PKEY_free};
  }
  const Owned<X509, X509_free> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return nullptr;
  return {X509_get_pubkey(certificate.get()), EVP_PKEY_free};
}

/// One that OpenSSL would accept although everybody can sign for it.
bool is_weak_rsa(const EVP_PKEY* key) {
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  const bool has_numbers = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
                           EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1;
  const Owned<BIGNUM, BN_free> modulus(n);
  const Owned<BIGNUM, BN_free> exponent(e);
  return !has_numbers || BN_is_odd(n) == 0 || BN_is_odd(e) == 0 || BN_is_one(e) == 1 ||
         BN_num_bits(e) > 64;
}

/// The algorithm that goes with a curve (RFC 7518, 3.4), and only with that one.
AlgorithmSet algorithms_of_curve(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) return {};
  const std::string_view curve(name.data(), length);
  if (curve == "prime256v1") return only(Algorithm::kEs256);
  if (curve == "secp384r1") return only(Algorithm::kEs384);
  if (curve == "secp521r1") return only(Algorithm::kEs512);
  return {};
}

/// The quick check is enough: the curves have no small subgroups.
bool is_on_curve(EVP_PKEY* key) {
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new(key, nullptr));
  return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

/// What a public key can do, or why it is not used at all.
struct Abilities {
  AlgorithmSet algorithms;
  Key::Fault fault;
};

Abilities useless(Key::Fault fault) { return {{}, std::move(fault)}; }

Abilities abilities_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < Key::kRsaBitsMin || bits > Key::kRsaBitsMax)
      return useless("is an RSA key of " + std::to_string(bits) + " bits, but must have " +
                     std::to_string(Key::kRsaBitsMin) + " to " + std::to_string(Key::kRsaBitsMax));
    if (is_weak_rsa(key)) return useless("is an RSA key with numbers that are not safe");
    if (EVP_PKEY_is_a(key, "RSA-PSS") == 1) return {all_of(Family::kRsaPss), {}};
    return {all_of(Family::kRsa) | all_of(Family::kRsaPss), {}};
  }
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    const auto algorithms = algorithms_of_curve(key);
    if (algorithms.none()) return useless("is a key on a curve other than P-256, P-384, P-521");
    if (!is_on_curve(key)) return useless("is a point that is not on its curve");
    return {algorithms, {}};
  }
  if (EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1)
    return {only(Algorithm::kEdDsa), {}};
  return useless("is a key of a kind that makes no signatures for tokens");
}

std::string names_of(AlgorithmSet algorithms) {
  std::string names;
  for (std::size_t i = 0; i < algorithms.size(); ++i)
    if (algorithms.test(i)) names.append(names.empty() ? "" : ", ").append(kAlgorithmNames[i]);
  return names;
}

bool verify_hmac(Algorithm algorithm, std::string_view secret, std::string_view text,
                 std::string_view signature) noexcept {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned int length = 0;
  if (HMAC(digest_of(algorithm), secret.data(), static_cast<int>(secret.size()), bytes_of(text),
           text.size(), code.data(), &length) == nullptr)
    return false;
  return signature.size() == length && CRYPTO_memcmp(signature.data(), code.data(), length) == 0;
}

/// r and s, one after the other, as the sequence of two numbers that OpenSSL reads; empty if the
/// length is not that of the curve (RFC 7518, 3.4).
std::string ecdsa_to_der(Algorithm algorithm, std::string_view signature) {
  const std::size_t half = algorithm == Algorithm::kEs512 ? 66 : digest_bytes(algorithm);
  if (signature.size() != 2 * half) return {};
  const auto length = static_cast<int>(half);
  Owned<BIGNUM, BN_free> r(BN_bin2bn(bytes_of(signature), length, nullptr));
  Owned<BIGNUM, BN_free> s(BN_bin2bn(bytes_of(signature.substr(half)), length, nullptr));
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  std::ignore = r.release();  // they are the pair's now
  std::ignore = s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

bool verify_public(Algorithm algorithm, EVP_PKEY* key, std::string_view text,
                   std::string_view signature) {
  std::string der;
  if (family_of(algorithm) == Family::kEcdsa) {
    der = ecdsa_to_der(algorithm, signature);
    if (der.empty()) return false;
    signature = der;
  } else if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key))) {
    return false;
  }
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  if (!context ||
      EVP_DigestVerifyInit(context.get(), &settings, digest_of(algorithm), nullptr, key) != 1)
    return false;
  if (family_of(algorithm) == Family::kRsaPss &&
      (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1))
    return false;
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

}  // namespace

Key::Result<Key> Key::hmac(AlgorithmSet algorithms, std::string_view secret) {
  if (secret.empty()) return Fault("is empty");
  if (secret.find("-----BEGIN ") != std::string_view::npos)
    return Fault("is PEM, but the algorithm takes a secret: whoever knows a public key could sign");
  if (algorithms.none()) algorithms = all_of(Family::kHmac);
  if ((algorithms & ~all_of(Family::kHmac)).any())
    return Fault("is a secret, which is not for " + names_of(algorithms));
  Key key;
  key.algorithms_ = algorithms;
  key.secret_ = Secret(std::string(secret));
  return key;
}

Key::Result<Key> Key::from_pem(Algorithm algorithm, std::string_view pem) {
  const ErrorQueue errors;
  const std::string text = with_line_breaks(pem);
  if (text.find("PRIVATE KEY-----") != std::string::npos)
    return Fault("has a private key, but the gateway must have the public one only");
  auto key = read_pem(text);
  if (!key) return Fault("is no PEM public key or certificate that can be read");
  return from_public(std::move(key), only(algorithm));
}

Key::Result<Key> Key::from_public(PublicKey public_key, AlgorithmSet algorithms) {
  const ErrorQueue errors;
  auto [able, fault] = abilities_of(public_key.get());
  if (!fault.empty()) return std::move(fault);
  if (algorithms.none()) algorithms = able;
  if ((algorithms & ~able).any())
    return Fault("is a key for " + names_of(able) + ", not for " + names_of(algorithms));
  Key key;
  key.algorithms_ = algorithms;
  key.public_ = std::move(public_key);
  return key;
}

bool Key::verify(Algorithm algorithm, std::string_view text, std::string_view signature) const {
  RIG_ASSERT(allows(algorithm));
  const ErrorQueue errors;
  return is_secret() ? verify_hmac(algorithm, secret_.reveal(), text, signature)
                     : verify_public(algorithm, public_.get(), text, signature);
}

bool Key::is_quick() const noexcept {
  if (is_secret()) return true;
  const EVP_PKEY* key = public_.get();
  const bool is_rsa = EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
  return is_rsa && EVP_PKEY_get_bits(key) <= kRsaBitsMin;
}

bool Key::is_short() const noexcept {
  if (!is_secret()) return false;
  for (std::size_t i = 0; i < algorithms_.size(); ++i)
    if (algorithms_.test(i) && secret_.reveal().size() < digest_bytes(static_cast<Algorithm>(i)))
      return true;
  return false;
}

bool Key::same_as(const Key& other) const noexcept {
  if (algorithms_ != other.algorithms_ || kid_ != other.kid_ || is_secret() != other.is_secret())
    return false;
  const ErrorQueue errors;
  return is_secret() ? secret_.reveal() == other.secret_.reveal()
                     : EVP_PKEY_eq(public_.get(), other.public_.get()) == 1;
}

}  // namespace rig::jwt
