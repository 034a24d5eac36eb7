#include "logic/jwks.hpp"

#include "logic/base64url.hpp"
#include "logic/openssl.hpp"
#include "logic/strict_json.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace rig::jwt {

namespace json = boost::json;

namespace {

using Fault = Key::Fault;

std::optional<std::string> text_of(const json::object& jwk, std::string_view name) {
  const auto* const value = jwk.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& text = value->get_string();
  return std::string(text.data(), text.size());
}

/// The bytes of a member in base64url; nothing if it is absent, empty or something else.
std::optional<std::string> bytes_of(const json::object& jwk, std::string_view name) {
  const auto text = text_of(jwk, name);
  if (!text || text->empty()) return std::nullopt;
  return decode_base64url(*text);
}

const unsigned char* data_of(const std::string& bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Key::PublicKey make_key(const char* kind, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

Key::PublicKey rsa_key(const json::object& jwk) {
  const auto modulus = bytes_of(jwk, "n");
  const auto exponent = bytes_of(jwk, "e");
  constexpr std::size_t kBytesMax = Key::kRsaBitsMax / 8;
  if (!modulus || !exponent || modulus->size() > kBytesMax || exponent->size() > 8) return nullptr;
  const Owned<BIGNUM, BN_free> n(
      BN_bin2bn(data_of(*modulus), static_cast<int>(modulus->size()), nullptr));
  const Owned<BIGNUM, BN_free> e(
      BN_bin2bn(data_of(*exponent), static_cast<int>(exponent->size()), nullptr));
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return make_key("RSA", builder.get());
}

struct Curve {
  std::string_view name;  ///< RFC 7518, 6.2.1.1
  const char* group;
  std::size_t coordinate_bytes;
};
constexpr std::array<Curve, 3> kCurves{
    {{"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}}};

Key::PublicKey ec_key(const json::object& jwk, const Curve& curve) {
  const auto x = bytes_of(jwk, "x");
  const auto y = bytes_of(jwk, "y");
  // Of full length, zeros included (RFC 7518, 6.2.1.2).
  if (!x || !y || x->size() != curve.coordinate_bytes || y->size() != curve.coordinate_bytes)
    return nullptr;
  const std::string point = '\x04' + *x + *y;
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return nullptr;
  return make_key("EC", builder.get());
}

Key::PublicKey edwards_key(const json::object& jwk, const char* kind) {
  const auto x = bytes_of(jwk, "x");
  if (!x) return nullptr;
  return {EVP_PKEY_new_raw_public_key_ex(nullptr, kind, nullptr, data_of(*x), x->size()),
          EVP_PKEY_free};
}

Key::Result<Key> with_public(Key::PublicKey key, AlgorithmSet algorithms) {
  if (!key) return Fault("lacks a number, or has one that is none");
  return Key::from_public(std::move(key), algorithms);
}

Key::Result<Key> key_of(const json::object& jwk, AlgorithmSet algorithms, JwksOrigin origin) {
  const auto kind = text_of(jwk, "kty");
  const auto curve = text_of(jwk, "crv").value_or("");
  if (kind == "RSA") return with_public(rsa_key(jwk), algorithms);
  if (kind == "EC") {
    const auto* const known = std::ranges::find(kCurves, curve, &Curve::name);
    if (known == kCurves.end()) return Fault("is on a curve that is not known");
    return with_public(ec_key(jwk, *known), algorithms);
  }
  if (kind == "OKP") {
    if (curve == "Ed25519") return with_public(edwards_key(jwk, "ED25519"), algorithms);
    if (curve == "Ed448") return with_public(edwards_key(jwk, "ED448"), algorithms);
    return Fault("is on a curve that is not for signatures");
  }
  if (kind == "oct") {
    if (origin == JwksOrigin::kUrl) return Fault("is a secret, which is not taken from a URL");
    const auto secret = bytes_of(jwk, "k");
    if (!secret) return Fault("has no value");
    return Key::hmac(algorithms, *secret);
  }
  return Fault("is of a kind that is not known");
}

/// Whether `use` and `key_ops` let a key check signatures (RFC 7517, 4.2 and 4.3).
bool is_for_signatures(const json::object& jwk) {
  if (jwk.contains("use") && text_of(jwk, "use") != "sig") return false;
  const auto* const operations = jwk.if_contains("key_ops");
  if (operations == nullptr) return true;
  if (!operations->is_array()) return false;
  return std::ranges::any_of(operations->get_array(), [](const json::value& operation) {
    return operation.is_string() && operation.get_string() == "verify";
  });
}

Key::Result<Key> read_key(const json::value& value, JwksOrigin origin) {
  const ErrorQueue errors;
  const auto* const jwk = value.if_object();
  if (jwk == nullptr) return Fault("is no object");
  if (!is_for_signatures(*jwk)) return Fault("is not for checking signatures");
  AlgorithmSet algorithms;
  if (jwk->contains("alg")) {
    const auto algorithm = algorithm_of(text_of(*jwk, "alg").value_or(""));
    if (!algorithm) return Fault("is for an algorithm that is not known");
    algorithms = only(*algorithm);
  }
  auto key = key_of(*jwk, algorithms, origin);
  if (key.has_error() || !jwk->contains("kid")) return key;
  auto kid = text_of(*jwk, "kid");
  if (!kid) return Fault("has a kid that is no string");
  key->set_kid(*std::move(kid));
  return key;
}

}  // namespace

boost::system::result<Jwks, std::string> parse_jwks(std::string_view text, JwksOrigin origin) {
  if (text.size() > kJwksBytesMax)
    return "is larger than " + std::to_string(kJwksBytesMax >> 10) + " KiB";
  const auto document = parse_document(text);
  if (!document) return std::string("is no JSON, or has a member twice");
  return read_jwks(*document, origin);
}

boost::system::result<Jwks, std::string> read_jwks(const json::value& set, JwksOrigin origin) {
  const auto* const object = set.if_object();
  const auto* const member = object == nullptr ? nullptr : object->if_contains("keys");
  if (member == nullptr || !member->is_array())
    return std::string("has no array \"keys\", so it is no set of keys");
  const auto& list = member->get_array();
  if (list.size() > kJwksKeysMax) return "has more than " + std::to_string(kJwksKeysMax) + " keys";
  Jwks jwks;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto key = read_key(list[i], origin);
    if (key && key->kid() &&
        std::ranges::any_of(jwks.keys, [&](const Key& k) { return k.kid() == key->kid(); }))
      key = Fault("has the kid of a key before it");
    if (key) {
      jwks.keys.push_back(*std::move(key));
    } else {
      jwks.notes.push_back("key " + std::to_string(i + 1) + ' ' + key.error());
    }
  }
  return jwks;
}

}  // namespace rig::jwt
