#pragma once

#include "logic/algorithm.hpp"

#include <rig/core/secret.hpp>

#include <boost/system/result.hpp>

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig::jwt {

/// What signatures are checked with, and the algorithms that it is for: a key is a secret for HMAC
/// or a public key, and what it is decides what it can check, whatever a token says. Immutable and
/// cheap to copy; any thread.
class Key {
 public:
  /// What is wrong with a key, for whoever configured it; never anything of the key. It continues a
  /// sentence whose subject is the key or its setting: "is …".
  using Fault = std::string;
  template <class T>
  using Result = boost::system::result<T, Fault>;
  using PublicKey = std::shared_ptr<EVP_PKEY>;

  static constexpr int kRsaBitsMin = 2048;  ///< RFC 7518, 3.3
  static constexpr int kRsaBitsMax = 8192;  ///< a check must not take longer than a millisecond

  /// A secret of any length but zero. What looks like PEM is refused: it is somebody's public key,
  /// which the world knows.
  [[nodiscard]] static Result<Key> hmac(AlgorithmSet algorithms, std::string_view secret);
  /// A PEM public key or certificate; `\n` may stand for line breaks.
  [[nodiscard]] static Result<Key> from_pem(Algorithm algorithm, std::string_view pem);
  /// `algorithms` that the key cannot do are an error; none at all stands for all that it can.
  [[nodiscard]] static Result<Key> from_public(PublicKey key, AlgorithmSet algorithms);

  [[nodiscard]] bool allows(Algorithm algorithm) const noexcept {
    return algorithms_.test(static_cast<std::size_t>(algorithm));
  }
  /// Whether `signature` was made over `text` with this key. Only for what `allows`. Leaves
  /// OpenSSL's queue of errors as it was.
  [[nodiscard]] bool verify(Algorithm algorithm, std::string_view text,
                            std::string_view signature) const;

  [[nodiscard]] bool is_secret() const noexcept { return public_ == nullptr; }
  /// A check takes no longer than some twenty microseconds: a secret, or RSA with the shortest
  /// keys.
  [[nodiscard]] bool is_quick() const noexcept;
  /// An HMAC secret with fewer bytes than the digest (RFC 7518, 3.2).
  [[nodiscard]] bool is_short() const noexcept;

  [[nodiscard]] const std::optional<std::string>& kid() const noexcept { return kid_; }
  void set_kid(std::string kid) { kid_ = std::move(kid); }

  [[nodiscard]] friend bool operator==(const Key& a, const Key& b) noexcept { return a.same_as(b); }

 private:
  Key() = default;
  [[nodiscard]] bool same_as(const Key& other) const noexcept;

  AlgorithmSet algorithms_;
  Secret secret_;
  PublicKey public_;  // null: HMAC
  std::optional<std::string> kid_;
};

}  // namespace rig::jwt
