// A broker for tests: the targets kafka, kinesis and nats of API definitions. It keeps what is
// published, for `GET /fake-broker/messages` at the management door. The topic says what it does:
//   down       cannot be reached
//   refusing   does not take the message
//   silent     takes it and never answers
//   replying   answers a request with 200 and the event's text
//   creating   answers a request with a status and headers of its own
//   answering  takes it, and its consumer then reads an answer from the topic of answers
//   quick      the same, but the consumer has read it before the message counts as taken
// anything else it takes.
#include <rig/answers/inbox.hpp>
#include <rig/answers/message.hpp>
#include <rig/cloudevents/codec.hpp>
#include <rig/core/module.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task_group.hpp>
#include <rig/proxy/message_target.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::fake_broker {
namespace {

namespace asio = boost::asio;
using proxy::MessageTarget;
using proxy::Target;
using transport::Door;
using transport::HttpEndpoint;
using transport::HttpRequest;
using transport::HttpResponse;
using transport::Route;
using Message = MessageTarget::Message;
using Result = MessageTarget::Result;
using Outcome = Result::Outcome;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr PortKey kNeeds[] = {port<answers::Inbox>()};
constexpr PortKey kContributes[] = {port<MessageTarget>(), port<HttpEndpoint>()};
constexpr Route kRoutes[] = {{Door::kApi, "GET", "/fake-broker/messages"}};

/// What was published, whatever the shard. Not how a gateway should do it; a test has few messages.
class Journal {
 public:
  void add(Target target, const Message& message) {
    using cloudevents::quote_json;
    const std::lock_guard lock(mutex_);
    if (!text_.empty()) text_ += ',';
    text_.append(R"({"target":)").append(quote_json(name_of(target)));
    text_.append(R"(,"topic":)").append(quote_json(message.topic));
    text_.append(R"(,"schema":)").append(quote_json(message.schema));
    text_.append(R"(,"key":)");
    text_.append(message.partition_key ? quote_json(*message.partition_key) : "null");
    text_.append(R"(,"text":)").append(quote_json(message.event)).append("}");
  }
  [[nodiscard]] std::string list() const {
    const std::lock_guard lock(mutex_);
    return "[" + text_ + "]";
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// What a service answers to an event, as a message on the topic of answers.
std::pair<std::vector<answers::MessageHeader>, std::string> message_for(
    std::string_view correlation) {
  return {{{"rig-correlation", correlation},
           {"rig-response-code", "201"},
           {"content-type", "text/x-answer"},
           {"x-more", "1"},
           {"partition", "3"}},
          "[1e3]"};
}

/// The end that reads answers and hands them to the clients that wait. On shard 0; its messages are
/// those that this broker makes up.
class Consumer {
 public:
  Consumer(Shards& shards, answers::Inbox& inbox)
      : shards_(shards), inbox_(inbox), tasks_(shards.executor(0), "fake_broker.consumer") {}

  /// Soon, from any shard.
  void read_answer_to(std::string event) {
    shards_.post(0, [this, event = std::move(event)]() mutable {
      tasks_.spawn(consume(Ref(inbox_), std::move(event)));
    });
  }
  Task<> read_answer_now(std::string event) { return consume(Ref(inbox_), std::move(event)); }

  Task<> stop() {
    tasks_.cancel();
    return tasks_.join();
  }

 private:
  static Task<> consume(Ref<answers::Inbox> inbox, std::string event) {
    const auto parsed = boost::json::parse(event);
    const std::string correlation(parsed.at("rig").at("correlation").as_string());
    auto [headers, body] = message_for(correlation);
    auto message = answers::read_message(headers, std::move(body));
    if (!message || !message->correlation) co_return;
    co_await inbox->deliver(*std::move(message->correlation), std::move(message->answer));
  }

  Shards& shards_;
  answers::Inbox& inbox_;
  TaskGroup tasks_;
};

class FakeTarget final : public MessageTarget {
 public:
  FakeTarget(Target target, Journal& journal, Consumer& consumer)
      : target_(target), journal_(journal), consumer_(consumer) {}

  [[nodiscard]] Target target() const noexcept override { return target_; }
  [[nodiscard]] bool has_replies() const noexcept override { return target_ == Target::kNats; }

  Task<Result> publish(Message message) override {
    if (message.topic == "down") co_return Result{Outcome::kUnavailable, {}, "it is down"};
    if (message.topic == "refusing") co_return Result{Outcome::kRefused, {}, "no such topic"};
    journal_.add(target_, message);
    if (message.topic == "quick") co_await consumer_.read_answer_now(message.event);
    if (message.topic == "answering") consumer_.read_answer_to(std::move(message.event));
    co_return Result{};
  }

  Task<Result> request(Message message, std::chrono::milliseconds timeout) override {
    auto text = message.event;
    const auto topic = message.topic;
    auto taken = co_await publish(std::move(message));
    if (taken.outcome != Outcome::kTaken) co_return taken;
    if (topic == "silent") {
      Timer timer(co_await asio::this_coro::executor);
      timer.expires_after(timeout);
      co_await timer.async_wait(kUseTaskTuple);
      co_return Result{Outcome::kTimeout, {}, {}};
    }
    proxy::Answer answer{200, {}, std::move(text)};
    if (topic == "creating") {
      answer.status = 201;
      answer.headers = {{"content-type", "text/x-reply"}, {"x-more", "1"}};
    }
    co_return Result{Outcome::kAnswered, std::move(answer), {}};
  }

 private:
  Target target_;
  Journal& journal_;
  Consumer& consumer_;
};

class FakeBrokerModule final : public Module, public HttpEndpoint {
 public:
  explicit FakeBrokerModule(ModuleContext& context)
      : consumer_(context.shards(), context.need<answers::Inbox>()) {
    for (auto& target : targets_) context.contribute<MessageTarget>(target);
    context.contribute<HttpEndpoint>(*this);
  }

  Task<> stop(Deadline) override { co_await consumer_.stop(); }

  [[nodiscard]] std::span<const Route> routes() const override { return kRoutes; }
  Task<HttpResponse> handle(HttpRequest /*request*/) override {
    co_return HttpResponse::json(200, journal_.list());
  }

 private:
  Journal journal_;
  Consumer consumer_;
  std::array<FakeTarget, 3> targets_{FakeTarget{Target::kKafka, journal_, consumer_},
                                     FakeTarget{Target::kKinesis, journal_, consumer_},
                                     FakeTarget{Target::kNats, journal_, consumer_}};
};

std::unique_ptr<Module> create(ModuleContext& context) {
  return std::make_unique<FakeBrokerModule>(context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "fake_broker",
                                   .needs = kNeeds,
                                   .provides = {},
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::fake_broker
