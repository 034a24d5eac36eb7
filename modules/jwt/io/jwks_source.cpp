#include "io/jwks_source.hpp"

#include "logic/jwks.hpp"
#include "logic/jwks_url.hpp"

#include <rig/core/log.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace rig::jwt {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kRetryMin = std::chrono::seconds(1);
constexpr milliseconds kRetryMax = std::chrono::minutes(1);
constexpr milliseconds kAgeMax = std::chrono::hours(24);
constexpr milliseconds kAgeMin = std::chrono::seconds(1);
constexpr std::size_t kNotesMax = 5;

/// The first few, for one line of the log.
std::string joined(const std::vector<std::string>& notes) {
  std::string text;
  for (std::size_t i = 0; i < std::min(notes.size(), kNotesMax); ++i)
    text.append(text.empty() ? "" : "; ").append(notes[i]);
  if (notes.size() > kNotesMax) text += "; …";
  return text;
}

}  // namespace

JwksSource::JwksSource(JwksConfig config, Executor executor, Ref<http_client::HttpClient> client,
                       JwtMetrics& metrics, Publish publish)
    : config_(std::move(config)),
      client_(client),
      metrics_(metrics),
      publish_(std::move(publish)),
      alarm_(executor),
      done_(executor, Clock::time_point::max()),
      tasks_(executor, "jwt.keys") {}

Task<> JwksSource::start(Ref<JwksSource> self) {
  self->tasks_.spawn(run(self));
  if (self->rounds_ == 0) co_await wait_for_round(self);
}

Task<> JwksSource::stop(Ref<JwksSource> self) {
  self->tasks_.cancel();
  co_await self->tasks_.join();
}

Task<> JwksSource::refresh(Ref<JwksSource> self) {
  if (!self->is_fetching_) {
    if (Clock::now() < self->began_at_ + self->config_.refresh_interval_min) co_return;
    self->alarm_.cancel();
  }
  co_await wait_for_round(self);
}

Task<> JwksSource::wait_for_round(Ref<JwksSource> self) {
  for (const auto round = self->rounds_; self->rounds_ == round;) {
    const auto [error] = co_await self->done_.async_wait(kUseTaskTuple);
    if (!error) co_return;  // it takes longer than it may
  }
}

Task<> JwksSource::run(Ref<JwksSource> self) {
  // Ends when it is cancelled: the next wait throws.
  for (;;) {
    self->is_fetching_ = true;
    self->began_at_ = Clock::now();
    self->done_.expires_after(self->config_.timeout);
    const auto pause = co_await try_fetch(self);
    self->is_fetching_ = false;
    ++self->rounds_;
    self->done_.cancel();
    self->alarm_.expires_after(pause);
    co_await self->alarm_.async_wait(kUseTaskTuple);
  }
}

Task<milliseconds> JwksSource::try_fetch(Ref<JwksSource> self) {
  std::string why;
  try {
    co_return co_await fetch(self);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;
    why = error.what();
  } catch (const std::exception& error) {
    why = error.what();
  }
  note_unexpected_error("jwt.keys", why);
  co_return self->failed("error", "unexpected error");
}

Task<milliseconds> JwksSource::fetch(Ref<JwksSource> self) {
  http_client::Request request;
  request.url = self->config_.url;
  request.headers = {{"accept", "application/jwk-set+json, application/json"}};
  http_client::Options options;
  options.timeout = self->config_.timeout;
  options.body_bytes_max = kJwksBytesMax;
  auto response = co_await self->client_->send(std::move(request), options);
  if (response.has_error()) {
    using Reason = http_client::Failure::Reason;
    const auto& [reason, message] = response.error();
    const bool answered = reason == Reason::kTooLarge || reason == Reason::kProtocol;
    co_return answered ? self->bad_answer(message) : self->unreachable(message);
  }
  co_return co_await take(self, *std::move(response));
}

Task<milliseconds> JwksSource::take(Ref<JwksSource> self, http_client::Response response) {
  if (response.status != 200)
    co_return self->bad_answer("status " + std::to_string(response.status));
  auto jwks = parse_jwks(response.body, JwksOrigin::kUrl);
  if (jwks.has_error()) co_return self->bad_answer("it " + jwks.error());
  const auto notes = joined(jwks->notes);
  if (jwks->keys.empty()) co_return self->bad_answer("it has no key that can be used: " + notes);

  const auto keys = jwks->keys.size();
  const bool is_new = co_await self->publish_(std::move(jwks->keys));
  self->failures_ = 0;
  if (is_new) {
    self->metrics_.refreshes_changed.add();
    RIG_LOG(kNotice, "keys fetched", {"result", "changed"}, {"keys", keys},
            {"left_out", std::string_view(notes)});
  } else {
    self->metrics_.refreshes_unchanged.add();
    RIG_LOG(kInfo, "keys fetched", {"result", "unchanged"}, {"keys", keys});
  }
  co_return self->time_until_old(response);
}

milliseconds JwksSource::unreachable(std::string_view reason) {
  metrics_.refreshes_unreachable.add();
  return failed("unreachable", reason);
}

milliseconds JwksSource::bad_answer(std::string_view reason) {
  metrics_.refreshes_bad_answer.add();
  return failed("bad_answer", reason);
}

milliseconds JwksSource::failed(std::string_view result, std::string_view reason) {
  const auto doublings = std::min<std::size_t>(failures_++, 6);
  const auto pause = std::min(kRetryMin * (1 << doublings), kRetryMax);
  RIG_LOG(kWarn, "keys not fetched", {"result", result}, {"reason", reason},
          {"failures", failures_}, {"next_in_ms", pause.count()});
  return pause;
}

milliseconds JwksSource::time_until_old(const http_client::Response& response) const {
  const auto max_age = max_age_of(response.header("cache-control"));
  const auto age = max_age ? milliseconds(*max_age) : config_.refresh_interval;
  return std::clamp(age, std::max(kAgeMin, config_.refresh_interval_min), kAgeMax);
}

}  // namespace rig::jwt
