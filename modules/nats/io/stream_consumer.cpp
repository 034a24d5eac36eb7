#include "io/stream_consumer.hpp"

#include <cstdint>
#include <utility>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kBytesMax = 16 << 20;  // of the messages that follow the first one

std::string describe(natsStatus status, jsErrCode code) {
  switch (code) {
    case JSNotEnabledErr:
    case JSNotEnabledForAccountErr: return "JetStream is not enabled on the server";
    case JSStreamNotFoundErr: return "there is no stream of this name";
    default: break;
  }
  // Nobody listens where a server with JetStream does.
  if (status == NATS_NO_RESPONDERS)
    return "JetStream is not enabled on the server, or the stream is gone";
  return nats::describe(status);
}

/// There was nothing, or not as much as was asked for.
bool is_empty_answer(natsStatus status) {
  return status == NATS_TIMEOUT || status == NATS_NOT_FOUND;
}

}  // namespace

std::string StreamConsumer::open(OpenConnection connection) {
  const auto status = open_jetstream(connection, context_);
  if (status != NATS_OK) return nats::describe(status);
  const auto found = find();
  if (!found.problem.empty()) return found.problem;
  const auto& consumer = *found.info->Config;
  if (consumer.AckPolicy != js_AckExplicit || consumer.DeliverSubject != nullptr)
    return "the consumer of this name is not one that is asked (pull) with explicit "
           "acknowledgements";
  ack_wait_ = std::chrono::duration_cast<milliseconds>(nanoseconds(consumer.AckWait));
  return bind(connection);
}

StreamConsumer::Found StreamConsumer::find() const {
  jsConsumerInfo* info = nullptr;
  auto code = static_cast<jsErrCode>(0);
  auto status = js_GetConsumerInfo(&info, context_.get(), config_.stream.c_str(),
                                   config_.durable.c_str(), nullptr, &code);
  if (status != NATS_OK && code == JSConsumerNotFoundErr) {
    code = static_cast<jsErrCode>(0);
    status = make(&info, &code);
  }
  if (status != NATS_OK) return {nullptr, describe(status, code)};
  return {InfoPtr(info), {}};
}

/// Several gateways may do so at once: it is the same one.
natsStatus StreamConsumer::make(jsConsumerInfo** info, jsErrCode* code) const {
  jsConsumerConfig wanted;
  jsConsumerConfig_Init(&wanted);
  wanted.Durable = config_.durable.c_str();
  wanted.AckPolicy = js_AckExplicit;
  wanted.AckWait = nanoseconds(config_.ack_wait).count();
  wanted.MaxAckPending = config_.ack_pending_max;
  if (!config_.subject.empty()) wanted.FilterSubject = config_.subject.c_str();
  return js_AddConsumer(info, context_.get(), config_.stream.c_str(), &wanted, nullptr, code);
}

/// To one that is there: the library removes those that it makes itself when they are left.
std::string StreamConsumer::bind(OpenConnection connection) {
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = config_.stream.c_str();
  options.Consumer = config_.durable.c_str();
  options.ManualAck = true;
  natsSubscription* made = nullptr;
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_PullSubscribe(&made, context_.get(), nullptr, config_.durable.c_str(),
                                       nullptr, &options, &code);
  if (status != NATS_OK) return describe(status, code);
  subscription_ = connection.own(made);
  return {};
}

void StreamConsumer::close() noexcept {
  subscription_.reset();
  context_.reset();
}

StreamConsumer::Fetched StreamConsumer::fetch(std::size_t max, milliseconds patience) {
  Fetched fetched;
  // An answer to a question for many comes when all of them are there; so the first one alone is
  // waited for, and the others are those that are there by then.
  const auto status = request(fetched, 1, patience, true);
  // What is wrong with the second question, the next first one finds out.
  if (status == NATS_OK && max > 1) (void)request(fetched, max - 1, patience, false);
  if (status != NATS_OK && !is_empty_answer(status))
    fetched.problem = describe(status, static_cast<jsErrCode>(0));
  return fetched;
}

natsStatus StreamConsumer::request(Fetched& fetched, std::size_t max, milliseconds patience,
                                   bool waits) {
  jsFetchRequest request;
  jsFetchRequest_Init(&request);
  request.Batch = static_cast<int>(max);
  request.Expires = nanoseconds(patience).count();
  request.NoWait = !waits;
  if (!waits) request.MaxBytes = kBytesMax;
  natsMsgList list{};
  const auto status = natsSubscription_FetchRequest(&list, subscription_.get(), &request);
  for (int i = 0; i < list.Count; ++i)
    fetched.messages.emplace_back(std::exchange(list.Msgs[i], nullptr));
  natsMsgList_Destroy(&list);
  return status;
}

}  // namespace rig::nats
