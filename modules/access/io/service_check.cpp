#include "io/service_check.hpp"

#include <rig/core/log.hpp>

#include <array>
#include <chrono>
#include <utility>

namespace rig::access {
namespace {

using std::chrono::steady_clock;
using Verdict = ServiceCheck::Verdict;

// Nothing of the answer but its status is of interest.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10;

metrics::Counter& counter(metrics::Registry& registry, std::string_view setting,
                          std::string_view result) {
  return registry.counter(
      {"rig_access_service_answers_total", "What the services that decide have answered"},
      {{"check", std::string(setting)}, {"result", std::string(result)}});
}

/// Gives a request up that ends without an answer and without a failure of the service.
class Attempt {
 public:
  explicit Attempt(CircuitBreaker& circuit) : circuit_(&circuit) {}
  ~Attempt() {
    if (circuit_ != nullptr) circuit_->given_up();
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  void has_ended() noexcept { circuit_ = nullptr; }

 private:
  CircuitBreaker* circuit_;
};

Verdict verdict_of(int status) {
  if (status >= 200 && status < 300) return Verdict::kAllowed;
  if (status == 401) return Verdict::kUnauthorized;
  return status == 403 ? Verdict::kForbidden : Verdict::kUnavailable;
}

}  // namespace

ServiceCheck::ServiceCheck(std::string_view setting, std::string url, const ServiceConfig& config,
                           Ref<http_client::HttpClient> client, metrics::Registry& registry)
    : setting_(setting),
      url_(std::move(url)),
      config_(config),
      client_(client),
      allowed_(counter(registry, setting, "allowed")),
      denied_(counter(registry, setting, "denied")),
      failed_(counter(registry, setting, "failed")),
      cached_(counter(registry, setting, "cached")),
      cache_(config.cache_for.count() > 0 ? config.cache_max : 0),
      circuit_(config.circuit) {}

Task<Verdict> ServiceCheck::ask(Ref<ServiceCheck> self, Question question,
                                std::string authorization) {
  const auto key = AnswerCache::key_of(
      std::array<std::string_view, 3>{authorization, question.content_type, question.body});
  if (const auto status = self->cache_.find(key, steady_clock::now())) {
    self->cached_.add();
    co_return verdict_of(*status);
  }
  if (!self->circuit_.admits(steady_clock::now())) {
    self->failed_.add();
    co_return Verdict::kUnavailable;
  }
  // By an exception too: a circuit whose one attempt never ends would stay open for ever.
  Attempt attempt(self->circuit_);
  const int status = co_await send(self, std::move(question), std::move(authorization));
  attempt.has_ended();
  const auto verdict = verdict_of(status);
  if (verdict == Verdict::kUnavailable) {
    self->failed_.add();
    self->circuit_.failed(steady_clock::now());
    co_return verdict;
  }
  self->circuit_.succeeded();
  (verdict == Verdict::kAllowed ? self->allowed_ : self->denied_).add();
  self->cache_.keep(key, status, steady_clock::now() + self->config_.cache_for);
  co_return verdict;
}

Task<int> ServiceCheck::send(Ref<ServiceCheck> self, Question question, std::string authorization) {
  http_client::Request request{.method = "POST", .url = self->url_, .headers = {}, .body = {}};
  if (!question.content_type.empty())
    request.headers.emplace_back("content-type", std::move(question.content_type));
  if (!authorization.empty())
    request.headers.emplace_back("authorization", std::move(authorization));
  request.body = std::move(question.body);
  const http_client::Options options{.timeout = self->config_.timeout,
                                     .body_bytes_max = kAnswerBytesMax};
  const auto response = co_await self->client_->send(std::move(request), options);
  if (!response) {
    self->note_failure(response.error().message);
    co_return 0;
  }
  if (verdict_of(response->status) == Verdict::kUnavailable)
    self->note_failure("it answered with status " + std::to_string(response->status));
  co_return response->status;
}

void ServiceCheck::note_failure(std::string_view reason) {
  RIG_LOG(kWarn, "a service that decides about requests does not", {"setting", setting_},
          {"reason", reason});
}

}  // namespace rig::access
