#include "config.hpp"

#include "logic/jwks.hpp"
#include "logic/jwks_url.hpp"
#include "logic/strict_json.hpp"

#include <rig/core/env.hpp>

#include <boost/json/object.hpp>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace rig::jwt {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kKeySetting = "JWT_SECRET_KEY";
constexpr std::string_view kKeysSetting = "JWT_SECRET_KEYS";

struct FileContent {
  std::optional<std::string> text;
  std::string error;  ///< why there is none
};

/// The path is not repeated in an error: who mistook the setting has perhaps put a secret there.
FileContent read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) return {std::nullopt, std::generic_category().message(errno)};
  std::string text(kJwksBytesMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return {std::nullopt, std::generic_category().message(errno)};
  if (text.size() > kJwksBytesMax) return {std::nullopt, "it is too large"};
  return {std::move(text), {}};
}

/// The key that a setting has for an algorithm: a secret as it is; a public key as PEM or by the
/// path of its file.
Key::Result<Key> read_key(Algorithm algorithm, const std::string& value) {
  if (family_of(algorithm) == Family::kHmac) return Key::hmac(only(algorithm), value);
  if (value.find("-----BEGIN ") != std::string::npos) return Key::from_pem(algorithm, value);
  const auto file = read_file(value);
  if (file.text) return Key::from_pem(algorithm, *file.text);
  return "is neither PEM nor the path of a file that can be read (" + file.error + "), but " +
         std::string(name_of(algorithm)) + " needs a public key or certificate";
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

/// One element of a list in JWT_SECRET_KEYS.
Key::Result<Key> read_element(const json::value& element) {
  const auto* const object = element.if_object();
  if (object == nullptr) return Key::Fault("is no object");
  const auto algorithm = algorithm_of(text_of(*object, "alg"));
  if (!algorithm) return Key::Fault("has no \"alg\" that is known");
  auto key = read_key(*algorithm, text_of(*object, "key"));
  if (key.has_error() || !object->contains("kid")) return key;
  auto kid = text_of(*object, "kid");
  if (kid.empty()) return Key::Fault("has a \"kid\" that is no text");
  key->set_kid(std::move(kid));
  return key;
}

void add(JwtConfig& config, Key key, std::string_view setting) {
  if (key.is_short())
    config.warnings.push_back(std::string(setting) +
                              " has a secret that is shorter than its digest");
  config.keys.push_back(std::move(key));
}

void read_single_key(EnvReader& env, JwtConfig& config) {
  const auto chosen =
      env.choice({"JWT_ALG", "Algorithm of JWT_SECRET_KEY; a token must have exactly this one"},
                 kAlgorithmNames, 0);
  const Secret value = env.secret(
      {kKeySetting,
       "Key that tokens are checked with: the secret of HS…; for the others a PEM public key or "
       "certificate, or a path to one. Empty: no key"});
  if (value.empty()) return;
  auto key = read_key(static_cast<Algorithm>(chosen), value.reveal());
  if (key.has_error()) return env.problem(kKeySetting, key.error());
  // It is valid, and as long as a secret should be, but everybody can guess it.
  if (key->is_secret() && read_file(value.reveal()).text)
    config.warnings.push_back(
        std::string(kKeySetting) +
        " is the path of a file, and the path itself is taken for the secret");
  add(config, *std::move(key), kKeySetting);
}

void read_more_keys(EnvReader& env, JwtConfig& config) {
  const Secret value = env.secret(
      {kKeysSetting,
       R"(More keys, to change them without a break: JSON or the path of a JSON file, either )"
       R"([{"alg": "RS256", "kid": "a", "key": "as in JWT_SECRET_KEY"}] or a JWKS)"});
  if (value.empty()) return;
  const auto& text = value.reveal();
  const auto start = text.find_first_not_of(" \t\r\n");
  const bool is_json = start != std::string::npos && (text[start] == '[' || text[start] == '{');
  const FileContent content = is_json ? FileContent{text, {}} : read_file(text);
  if (!content.text)
    return env.problem(kKeysSetting,
                       "is neither JSON nor a file that can be read (" + content.error + ")");
  const auto document = parse_document(*content.text);
  if (!document) return env.problem(kKeysSetting, "is no JSON, or has a member twice");

  if (const auto* const list = document->if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      auto key = read_element((*list)[i]);
      if (key.has_error()) {
        env.problem(kKeysSetting, "key " + std::to_string(i + 1) + ' ' + key.error());
      } else {
        add(config, *std::move(key), kKeysSetting);
      }
    }
    return;
  }
  auto jwks = read_jwks(*document, JwksOrigin::kSettings);
  if (jwks.has_error()) return env.problem(kKeysSetting, jwks.error());
  for (const auto& note : jwks->notes) env.problem(kKeysSetting, note);
  for (auto& key : jwks->keys) add(config, std::move(key), kKeysSetting);
}

JwksConfig read_jwks_config(EnvReader& env) {
  constexpr std::string_view kUrl = "JWT_JWKS_URL";
  JwksConfig jwks;
  jwks.url = env.text({kUrl,
                       "Where the issuer publishes its keys (JWKS); https, or http of this "
                       "machine"},
                      "");
  if (!jwks.url.empty()) {
    const auto fault = fault_of_jwks_url(jwks.url);
    if (!fault.empty()) env.problem(kUrl, fault);
  }
  jwks.refresh_interval = env.duration(
      {"JWT_JWKS_REFRESH_INTERVAL", "How often these keys are fetched if the server does not say"},
      jwks.refresh_interval, std::chrono::seconds(1), std::chrono::hours(24));
  jwks.refresh_interval_min = env.duration(
      {"RIG_JWT_JWKS_REFRESH_INTERVAL_MIN",
       "Least time between two fetches, also when a token names a key that is not known"},
      jwks.refresh_interval_min, milliseconds(0), std::chrono::hours(1));
  jwks.timeout =
      env.duration({"RIG_JWT_TIMEOUT", "Longest time that a token waits for keys or for its check"},
                   jwks.timeout, milliseconds(10), std::chrono::minutes(1));
  return jwks;
}

ClaimRules read_rules(EnvReader& env) {
  ClaimRules rules;
  rules.exp_required =
      env.boolean({"RIG_JWT_EXP_REQUIRED", "Refuse tokens that do not say when they expire"}, true);
  rules.leeway = env.duration(
      {"RIG_JWT_LEEWAY", "How much later than exp and earlier than nbf a token is still valid"},
      rules.leeway, milliseconds(0), std::chrono::hours(1));
  rules.issuer = env.text({"JWT_ISSUER", "What iss must be; empty: anything"}, "");
  rules.audience = env.text({"JWT_AUDIENCE", "What aud must be or have; empty: anything"}, "");
  return rules;
}

std::size_t count(EnvReader& env, Setting setting, std::size_t default_value, Range allowed) {
  return static_cast<std::size_t>(
      env.integer(setting, static_cast<std::int64_t>(default_value), allowed));
}

}  // namespace

JwtConfig JwtConfig::from_env(EnvReader& env) {
  JwtConfig config;
  read_single_key(env, config);
  read_more_keys(env, config);
  config.jwks = read_jwks_config(env);
  config.rules = read_rules(env);
  config.token_bytes_max = static_cast<std::size_t>(
      env.bytes({"RIG_JWT_BYTES_MAX", "Largest token; beyond: refused unread"},
                config.token_bytes_max, {256, 1 << 20}));
  config.cache_tokens_max =
      count(env,
            {"RIG_JWT_CACHE_MAX",
             "Valid tokens that each shard remembers, larger ones than 1 KiB as several; 0: none"},
            config.cache_tokens_max, {0, 10'000'000});
  config.cache_age_max =
      env.duration({"RIG_JWT_CACHE_AGE_MAX", "How long, and never longer than until exp"},
                   config.cache_age_max, milliseconds(0), std::chrono::hours(24));
  if (const auto threads = env.integer({"RIG_JWT_THREADS",
                                        "Threads that check signatures by public keys; unset: one "
                                        "for two shards"},
                                       {1, 256}))
    config.threads = static_cast<std::size_t>(*threads);
  config.queue_max =
      count(env, {"RIG_JWT_QUEUE_MAX", "Tokens that may wait for these threads; beyond: refused"},
            config.queue_max, {1, 10'000'000});
  return config;
}

}  // namespace rig::jwt
