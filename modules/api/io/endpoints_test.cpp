#include "io/health.hpp"
#include "io/messages.hpp"
#include "io/metrics_page.hpp"
#include "io/testing/fake_event_sink.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace rig::api {
namespace {

using std::chrono::nanoseconds;
using testing::UnorderedElementsAre;
using transport::Door;

transport::HttpResponse ask(transport::HttpEndpoint& endpoint,
                            transport::HttpRequest request = {}) {
  boost::asio::io_context context(1);
  auto response = boost::asio::co_spawn(context.get_executor(), endpoint.handle(std::move(request)),
                                        boost::asio::use_future);
  context.run();
  return response.get();
}

std::vector<std::string> routes_of(const transport::HttpEndpoint& endpoint) {
  std::vector<std::string> routes;
  for (const auto& route : endpoint.routes()) {
    const std::string door = route.door == Door::kApi ? "api " : "inbound ";
    routes.push_back(door + std::string(route.method) + " " + std::string(route.path));
  }
  return routes;
}

/// Metrics by name and topic.
class FakeRegistry final : public metrics::Registry {
 public:
  metrics::Counter& counter(metrics::Description description, metrics::Labels labels) override {
    return counters.try_emplace(key(description, labels), 1U).first->second;
  }
  metrics::Gauge& gauge(metrics::Description description, metrics::Labels labels) override {
    return gauges.try_emplace(key(description, labels), 1U).first->second;
  }
  metrics::Histogram& histogram(metrics::Description description, HistogramUnit,
                                std::vector<nanoseconds> bounds, metrics::Labels labels) override {
    return histograms.try_emplace(key(description, labels), 1U, std::move(bounds)).first->second;
  }
  void gauge_of(metrics::Description, metrics::Labels, std::function<double()>) override {}

  [[nodiscard]] std::int64_t observations(const std::string& name) const {
    const auto& histogram = histograms.at(name);
    std::int64_t count = 0;
    for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) count += histogram.bucket(i);
    return count;
  }

  std::map<std::string, metrics::Counter> counters;
  std::map<std::string, metrics::Gauge> gauges;
  std::map<std::string, metrics::Histogram> histograms;

 private:
  static std::string key(metrics::Description description, const metrics::Labels& labels) {
    std::string key(description.name);
    for (const auto& label : labels) key += " " + label.second;
    return key;
  }
};

/// Lets in who shows a word.
class FakeAccess final : public access::Access {
 public:
  explicit FakeAccess(Check check = Check::kOpen) : check_(check) {}

  [[nodiscard]] Check subscription_check() const noexcept override { return Check::kOpen; }
  [[nodiscard]] Check submission_check() const noexcept override { return check_; }
  [[nodiscard]] bool managing_is_open() const noexcept override { return true; }
  [[nodiscard]] bool knows_keys() const noexcept override { return false; }

  Task<Answer> identify(access::Credentials) override { co_return nullptr; }
  Task<Answer> may_subscribe(access::Credentials, access::Question) override { co_return nullptr; }
  Task<Answer> may_submit(access::Credentials credentials, access::Question question) override {
    asked.push_back(question.content_type + ": " + question.body);
    if (credentials.authorization == std::vector<std::string>{"Bearer good"}) co_return nullptr;
    co_return access::Denial{401, "token_missing", "A token is needed.", "Bearer", {}};
  }
  Task<Answer> may_manage(access::Credentials) override { co_return nullptr; }
  Task<Answer> authenticate(std::vector<std::string>, Ref<const access::RequiredClaims>) override {
    co_return nullptr;
  }

  std::vector<std::string> asked;

 private:
  Check check_;
};

class FakeExposition final : public metrics::Exposition {
 public:
  explicit FakeExposition(bool enabled) : enabled_(enabled) {}
  [[nodiscard]] bool enabled() const override { return enabled_; }
  [[nodiscard]] std::string text() const override { return "rig_shards 2\n"; }

 private:
  bool enabled_;
};

transport::HttpRequest message(std::string_view content_type, std::string body) {
  transport::HttpRequest request;
  request.method = "POST";
  request.headers.add("content-type", content_type);
  request.body = std::move(body);
  return request;
}

constexpr auto kEvent = R"({"specversion":"1.0","type":"greeting","source":"/test","id":"1"})";

TEST(Messages, DoorsHaveTheirOwnPaths) {
  FakeEventSink sink;
  FakeAccess access;
  FakeRegistry registry;
  EXPECT_THAT(routes_of(MessagesEndpoint(Door::kApi, sink, access, registry)),
              UnorderedElementsAre("api POST /v3/messages", "api POST /v2/messages"));
  const MessagesEndpoint events(Door::kInbound, sink, access, registry);
  EXPECT_THAT(routes_of(events), UnorderedElementsAre("inbound POST /_rig/v1/events"));
  EXPECT_EQ(events.routes().front().cors_headers, "content-type,authorization");
}

TEST(Messages, EventsAreHandedOverBeforeTheAnswer) {
  FakeEventSink sink;
  FakeAccess access;
  FakeRegistry registry;
  MessagesEndpoint messages(Door::kApi, sink, access, registry);
  EXPECT_EQ(ask(messages, message("application/cloudevents+json", kEvent)).body, kEvent);
  EXPECT_EQ(sink.published.size(), 1U);
  EXPECT_EQ(sink.published[0]->json(), kEvent);
  EXPECT_EQ(sink.handed_over_events, 1U);
}

TEST(Messages, BadEventOfABatchKeepsTheOthersBack) {
  FakeEventSink sink;
  FakeAccess access;
  FakeRegistry registry;
  MessagesEndpoint messages(Door::kApi, sink, access, registry);
  const std::string batch = "[" + std::string(kEvent) + ",{}]";
  EXPECT_EQ(ask(messages, message("application/cloudevents-batch+json", batch)).status, 400);
  EXPECT_TRUE(sink.published.empty());
}

TEST(Messages, OverloadSaysHowManyEventsAreOnTheirWay) {
  FakeEventSink sink;
  FakeAccess access;
  FakeRegistry registry;
  MessagesEndpoint messages(Door::kApi, sink, access, registry);
  const std::string batch = "[" + std::string(kEvent) + "," + kEvent + "," + kEvent + "]";
  sink.room = 2;
  const auto some = ask(messages, message("application/cloudevents-batch+json", batch));
  EXPECT_EQ(some.status, 503);
  EXPECT_THAT(some.body, testing::HasSubstr(R"("accepted":2})"));
  EXPECT_EQ(sink.published.size(), 2U);
  EXPECT_EQ(sink.handed_over_events, 2U);

  const auto none = ask(messages, message("application/cloudevents+json", kEvent));
  EXPECT_EQ(none.status, 503);
  EXPECT_THAT(none.body, testing::HasSubstr(R"("accepted":0})"));
}

TEST(Messages, WhoMayNotSubmitPublishesNothing) {
  FakeEventSink sink;
  FakeAccess access(access::Access::Check::kService);
  FakeRegistry registry;
  MessagesEndpoint events(Door::kInbound, sink, access, registry);
  const auto denied = ask(events, message("application/cloudevents+json", kEvent));
  EXPECT_EQ(denied.status, 401);
  EXPECT_EQ(denied.body, R"({"message":"A token is needed.","reason":"token_missing"})");
  EXPECT_TRUE(sink.published.empty());

  auto request = message("application/cloudevents+json", kEvent);
  request.headers.add("authorization", "Bearer good");
  EXPECT_EQ(ask(events, std::move(request)).status, 202);
  EXPECT_EQ(sink.published.size(), 1U);
  const std::string question = std::string("application/cloudevents+json: ") + kEvent;
  EXPECT_THAT(access.asked, testing::ElementsAre(question, question));
}

TEST(Messages, OnTheManagementDoorNobodyIsAsked) {
  FakeEventSink sink;
  FakeAccess access(access::Access::Check::kToken);
  FakeRegistry registry;
  MessagesEndpoint messages(Door::kApi, sink, access, registry);
  EXPECT_EQ(ask(messages, message("application/cloudevents+json", kEvent)).status, 202);
  EXPECT_THAT(access.asked, testing::IsEmpty());
}

TEST(Messages, EachDoorCountsItsEvents) {
  FakeEventSink sink;
  FakeAccess access;
  FakeRegistry registry;
  MessagesEndpoint messages(Door::kApi, sink, access, registry);
  MessagesEndpoint events(Door::kInbound, sink, access, registry);

  EXPECT_EQ(ask(messages, message("application/cloudevents+json", kEvent)).status, 202);
  EXPECT_EQ(ask(messages, message("application/cloudevents+json", "{}")).status, 400);
  const std::string batch = "[" + std::string(kEvent) + "," + kEvent + "," + kEvent + "]";
  sink.room = 3;
  EXPECT_EQ(ask(events, message("application/cloudevents-batch+json", batch)).status, 503);

  EXPECT_EQ(registry.counters.at("rig_consumed_events_total http messages").value(), 2);
  EXPECT_EQ(registry.counters.at("rig_consumed_events_failed_total http messages").value(), 1);
  EXPECT_EQ(registry.counters.at("rig_consumed_events_total http events").value(), 3);
  EXPECT_EQ(registry.counters.at("rig_consumed_events_failed_total http events").value(), 1);
  const std::string duration = "rig_consumed_event_processing_duration_milliseconds http ";
  EXPECT_EQ(registry.observations(duration + "messages"), 1);
  EXPECT_EQ(registry.observations(duration + "events"), 2);
  EXPECT_EQ(sink.published.size(), 3U);
}

TEST(Health, LivenessIsOnBothDoors) {
  LivenessEndpoint liveness;
  EXPECT_THAT(routes_of(liveness), UnorderedElementsAre("api GET /health", "api GET /health/live",
                                                        "inbound GET /_rig/health"));
  EXPECT_EQ(ask(liveness).body, "OK");
}

TEST(Health, ReadinessFollowsTheLifecycle) {
  Lifecycle lifecycle;
  ReadinessEndpoint readiness(lifecycle);
  EXPECT_THAT(routes_of(readiness), UnorderedElementsAre("api GET /health/ready"));
  EXPECT_EQ(ask(readiness).status, 503);
  lifecycle.enter(Phase::kServing);
  EXPECT_EQ(ask(readiness).status, 200);
  lifecycle.enter(Phase::kDraining);
  EXPECT_EQ(ask(readiness).body, R"({"status":"draining"})");
}

TEST(MetricsPage, IsPrometheusText) {
  const FakeExposition exposition(true);
  MetricsPageEndpoint page(exposition);
  EXPECT_THAT(routes_of(page), UnorderedElementsAre("api GET /metrics"));
  const auto response = ask(page);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(response.body, "rig_shards 2\n");
}

TEST(MetricsPage, IsNotFoundWhenSwitchedOff) {
  const FakeExposition exposition(false);
  MetricsPageEndpoint page(exposition);
  const auto response = ask(page);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
  EXPECT_EQ(response.body, R"({"message":"Metrics are off (PROMETHEUS_METRICS_ENABLED)."})");
}

}  // namespace
}  // namespace rig::api
