#include "io/token_service.hpp"

#include "logic/verified_tokens.hpp"

#include <rig/core/log.hpp>

#include <algorithm>
#include <utility>

namespace rig::jwt {
namespace {

std::size_t threads_of(const JwtConfig& config, const Shards& shards) {
  return config.threads.value_or(std::max<std::size_t>(1, shards.count() / 2));
}

ShardSettings settings_of(const JwtConfig& config) {
  return {config.rules, config.token_bytes_max, config.cache_tokens_max, config.cache_age_max,
          config.jwks.timeout};
}

}  // namespace

TokenService::TokenService(JwtConfig config, Shards& shards, metrics::Registry& registry,
                           http_client::HttpClient& client)
    : config_(std::move(config)),
      settings_(settings_of(config_)),
      shards_(shards),
      client_(client),
      metrics_(registry),
      pool_(threads_of(config_, shards), config_.queue_max),
      per_shard_(shards) {
  set_keys();
}

/// Those of the settings come first.
void TokenService::set_keys() {
  const auto before = keys_ ? keys_->keys().size() : 0;
  const auto generation = keys_ ? keys_->generation() + 1 : 1;
  auto keys = config_.keys;
  keys.insert(keys.end(), fetched_.begin(), fetched_.end());
  keys_ = std::make_shared<const KeySet>(std::move(keys), generation);
  metrics_.keys.add(static_cast<std::int64_t>(keys_->keys().size()) -
                    static_cast<std::int64_t>(before));
}

Task<> TokenService::start() {
  for (const auto& warning : config_.warnings)
    RIG_LOG(kWarn, "weak key", {"reason", std::string_view(warning)});
  const bool has_public_keys =
      !config_.jwks.url.empty() ||
      std::ranges::any_of(config_.keys, [](const Key& key) { return !key.is_secret(); });
  if (has_public_keys) pool_.start();
  auto make = [this](ShardId) {
    return std::make_unique<ShardTokens>(shards_, pool_, metrics_, settings_, keys_);
  };
  co_await per_shard_.start(std::move(make));
  if (config_.jwks.url.empty()) co_return;
  source_shard_ = current_shard();
  auto publish_here = [self = Ref(*this)](std::vector<Key> fetched) {
    return publish(self, std::move(fetched));
  };
  source_ = std::make_unique<JwksSource>(config_.jwks, shards_->executor(source_shard_), client_,
                                         metrics_, std::move(publish_here));
  co_await JwksSource::start(Ref(*source_));
}

Task<> TokenService::stop() {
  if (source_) co_await JwksSource::stop(Ref(*source_));
  pool_.stop();
  co_await per_shard_.stop();
  source_.reset();
}

Task<Verdict> TokenService::verify(std::string token) {
  auto verdict = co_await verify_now(Ref(*this), std::move(token));
  metrics_.note(verdict);
  co_return verdict;
}

Task<Verdict> TokenService::verify_now(Ref<TokenService> self, std::string token) {
  if (!self->has_keys()) co_return Refusal::kNoKeys;
  if (token.size() > self->config_.token_bytes_max) co_return Refusal::kMalformed;
  ShardTokens& part = self->per_shard_.local();
  const auto fingerprint = fingerprint_of(token);
  if (auto known = part.remembered(fingerprint)) {
    self->metrics_.cache_hits.add();
    co_return known;
  }
  const auto generation = part.generation();
  auto outcome = co_await ShardTokens::check(Ref(part), token, fingerprint);
  if (!outcome.wants_keys || !self->source_) co_return outcome.verdict;
  co_await on_shard(self->shards_, self->source_shard_, JwksSource::refresh(Ref(*self->source_)));
  if (part.generation() == generation) co_return outcome.verdict;
  outcome = co_await ShardTokens::check(Ref(part), std::move(token), fingerprint);
  co_return outcome.verdict;
}

Task<bool> TokenService::publish(Ref<TokenService> self, std::vector<Key> fetched) {
  if (std::ranges::equal(self->fetched_, fetched)) co_return false;
  self->fetched_ = std::move(fetched);
  self->set_keys();
  const auto shards = static_cast<ShardId>(self->shards_->count());
  for (ShardId shard = 0; shard < shards; ++shard)
    co_await on_shard(self->shards_, shard, use(self, self->keys_));
  co_return true;
}

Task<> TokenService::use(Ref<TokenService> self, KeySetRef keys) {
  self->per_shard_.local().use(std::move(keys));
  co_return;
}

}  // namespace rig::jwt
