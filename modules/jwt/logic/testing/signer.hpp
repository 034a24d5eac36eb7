#pragma once

#include "logic/algorithm.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace rig::jwt {

[[nodiscard]] std::string encode_base64url(std::string_view bytes);

/// Makes tokens and the keys that go with them, for tests. With OpenSSL's signing calls and no code
/// of the verifier.
class Signer {
 public:
  /// A new key; `kind` chooses among "Ed25519" and "Ed448", or gives the bits of an RSA key.
  [[nodiscard]] static Signer make(Algorithm algorithm, std::string_view kind = {});
  [[nodiscard]] static Signer with_secret(Algorithm algorithm, std::string secret);
  /// From a private key in PEM.
  [[nodiscard]] static Signer from_pem(Algorithm algorithm, const std::string& pem);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  /// The same key for another algorithm.
  [[nodiscard]] Signer as(Algorithm algorithm) const;

  /// What JWT_SECRET_KEY takes: the secret, or the public key in PEM.
  [[nodiscard]] std::string verification_key() const;
  [[nodiscard]] std::string private_pem() const;
  [[nodiscard]] std::string certificate_pem() const;  ///< self-signed, for the public key
  [[nodiscard]] std::string pkcs1_pem() const;        ///< the public key of RSA, in its old form
  /// A public key as JSON Web Key, or a secret; with `more` members, like `"kid":"a"`.
  [[nodiscard]] std::string jwk(std::string_view more = {}) const;

  /// The signature's bytes as a token has them.
  [[nodiscard]] std::string signature(std::string_view text) const;
  /// The same with a salt of that length, or as ECDSA's DER sequence.
  [[nodiscard]] std::string pss_signature(std::string_view text, int salt_bytes) const;
  [[nodiscard]] std::string der_signature(std::string_view text) const;

  /// A token with these texts as header and payload.
  [[nodiscard]] std::string sign(std::string_view header, std::string_view payload) const;
  /// The usual header, with `more` members.
  [[nodiscard]] std::string token(std::string_view claims, std::string_view more = {}) const;
  [[nodiscard]] std::string header(std::string_view more = {}) const;

 private:
  Signer(Algorithm algorithm, std::shared_ptr<EVP_PKEY> key, std::string secret);
  [[nodiscard]] std::string digest_sign(std::string_view text, int salt_bytes) const;

  Algorithm algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
  std::string secret_;
};

/// `header.payload` in base64url.
[[nodiscard]] std::string unsigned_token(std::string_view header, std::string_view payload);

}  // namespace rig::jwt
