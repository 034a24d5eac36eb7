#include "config.hpp"
#include "io/bucket_maker.hpp"
#include "io/connection.hpp"
#include "io/link_maker.hpp"
#include "io/source.hpp"
#include "io/stream_maker.hpp"
#include "io/stream_source.hpp"
#include "io/target.hpp"
#include "stream_config.hpp"

#include <rig/api/health_part.hpp>
#include <rig/core/env.hpp>
#include <rig/core/module.hpp>
#include <rig/core/worker.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/bucket.hpp>
#include <rig/nats/link.hpp>
#include <rig/nats/stream.hpp>
#include <rig/proxy/message_target.hpp>
#include <rig/subscriptions/event_sink.hpp>

#include <memory>
#include <utility>

namespace rig::nats {
namespace {

constexpr PortKey kNeeds[] = {port<subscriptions::EventSink>(), port<metrics::Registry>()};
constexpr PortKey kProvides[] = {port<Links>(), port<Buckets>(), port<Streams>()};
constexpr PortKey kContributes[] = {port<proxy::MessageTarget>(), port<api::HealthPart>()};

/// Without servers it makes links, buckets and streams for others, and has no thread of its own.
class NoNatsModule final : public Module {
 public:
  explicit NoNatsModule(ModuleContext& context)
      : links_(context.need<metrics::Registry>()),
        buckets_(context.need<metrics::Registry>()),
        streams_(context.need<metrics::Registry>()) {
    context.provide<Links>(links_);
    context.provide<Buckets>(buckets_);
    context.provide<Streams>(streams_);
  }

 private:
  LinkMaker links_;
  BucketMaker buckets_;
  StreamMaker streams_;
};

/// Events from a stream, and the connection that they come by.
struct StreamInput {
  StreamInput(const ConnectionConfig& config, const StreamConfig& stream, ModuleContext& context)
      : source(stream, context.shards(), context.need<subscriptions::EventSink>(),
               context.need<metrics::Registry>()),
        connection(config, "jetstream", source.name(), source, context.need<metrics::Registry>()) {
    context.contribute<api::HealthPart>(source);
  }

  StreamSource source;
  Connection connection;
};

/// A connection for events of topics, one for those of a stream, and one for requests: none waits
/// for another.
class NatsModule final : public Module {
 public:
  NatsModule(NatsConfig config, const StreamConfig& stream, ModuleContext& context)
      : links_(context.need<metrics::Registry>()),
        buckets_(context.need<metrics::Registry>()),
        streams_(context.need<metrics::Registry>()),
        has_topics_(!config.source.topics.empty()),
        source_(config.source, context.shards(), context.need<subscriptions::EventSink>(),
                context.need<metrics::Registry>()),
        source_connection_(config.connection, "source", "nats_source", source_,
                           context.need<metrics::Registry>()),
        target_(config.target, context.shards(), context.need<metrics::Registry>()),
        target_connection_(config.connection, "target", "nats_target", target_,
                           context.need<metrics::Registry>()) {
    context.provide<Links>(links_);
    context.provide<Buckets>(buckets_);
    context.provide<Streams>(streams_);
    context.contribute<proxy::MessageTarget>(target_);
    if (has_topics_) context.contribute<api::HealthPart>(source_connection_);
    if (stream.is_on()) stream_ = std::make_unique<StreamInput>(config.connection, stream, context);
    context.contribute<api::HealthPart>(target_connection_);
  }

  Task<> start() override {
    worker_.start();
    co_await target_.start(target_connection_);
    target_connection_.start();
    if (has_topics_) source_connection_.start();
    if (stream_) stream_->connection.start();
  }
  Task<> drain(Deadline deadline) override {
    auto drain = [this, deadline] {
      source_connection_.drain(deadline);
      if (stream_) stream_->connection.drain(deadline);
    };
    co_await Worker::run(worker_, std::move(drain));
  }
  /// The library stays open, as its clean-up at the end of a process that used TLS frees what
  /// OpenSSL frees as well (3.4.1); it does none while it is open.
  Task<> stop(Deadline) override {
    if (!std::exchange(is_stopped_, true)) {
      auto stop = [this] {
        source_connection_.stop();
        if (stream_) stream_->connection.stop();
        target_connection_.stop();
        target_.stop_publisher();
      };
      co_await Worker::run(worker_, std::move(stop));
      worker_.stop();
    }
    if (stream_) co_await stream_->source.join();
    co_await target_.stop();
  }

 private:
  LinkMaker links_;
  BucketMaker buckets_;
  StreamMaker streams_;
  const bool has_topics_;
  Source source_;
  Connection source_connection_;
  std::unique_ptr<StreamInput> stream_;  // null: no stream is named
  Target target_;
  Connection target_connection_;
  bool is_stopped_ = false;
  Worker worker_;  // waits for all of the above
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto config = NatsConfig::from_env(context.env());
  const auto stream = StreamConfig::from_env(context.env());
  if (config.is_on()) return std::make_unique<NatsModule>(std::move(config), stream, context);
  if (stream.is_on()) context.env().problem("NATS_JETSTREAM_STREAM", "needs NATS_SERVERS");
  return std::make_unique<NoNatsModule>(context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "nats",
                                   .needs = kNeeds,
                                   .provides = kProvides,
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::nats
