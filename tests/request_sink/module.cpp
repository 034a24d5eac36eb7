// A module that takes the request log under the name of a broker that this build does not have:
// what it gets is in the log.
#include <rig/core/log.hpp>
#include <rig/core/module.hpp>
#include <rig/proxy/request_log_sink.hpp>

#include <memory>

namespace rig::request_sink {
namespace {

constexpr PortKey kContributes[] = {port<proxy::RequestLogSink>()};

class RequestSinkModule final : public Module, public proxy::RequestLogSink {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "kafka"; }
  void write(proxy::RequestRecord record) override {
    RIG_LOG(kNotice, "a record of a request", {"event", record.event}, {"data", record.data()});
  }
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module = std::make_unique<RequestSinkModule>();
  context.contribute<proxy::RequestLogSink>(*module);
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "request_sink",
                                   .needs = {},
                                   .provides = {},
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::request_sink
