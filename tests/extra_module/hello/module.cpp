// The example of services/rig/docs/writing-a-module.md: greets whoever asks, and counts the
// greetings.

#include <rig/core/env.hpp>
#include <rig/core/module.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <memory>
#include <string>
#include <utility>

namespace rig::hello {
namespace {

using transport::Door;
using transport::HttpEndpoint;
using transport::HttpRequest;
using transport::HttpResponse;
using transport::query_parameter;
using transport::Route;

constexpr PortKey kNeeds[] = {port<metrics::Registry>()};
constexpr PortKey kContributes[] = {port<HttpEndpoint>()};
constexpr Route kRoutes[] = {{Door::kApi, "GET", "/hello"}};

class HelloModule final : public Module, public HttpEndpoint {
 public:
  HelloModule(std::string greeting, metrics::Counter& greetings)
      : greeting_(std::move(greeting)), greetings_(greetings) {}

  [[nodiscard]] std::span<const Route> routes() const override { return kRoutes; }

  Task<HttpResponse> handle(HttpRequest request) override {
    greetings_.add();
    const auto name = query_parameter(request.query(), "name").value_or("world");
    co_return HttpResponse::text(200, greeting_ + ", " + name + "!\n");
  }

 private:
  std::string greeting_;
  metrics::Counter& greetings_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  auto module = std::make_unique<HelloModule>(
      context.env().text({"RIG_HELLO_GREETING", "The word that the hello module greets with"},
                         "Hello"),
      context.need<metrics::Registry>().counter({"rig_hello_greetings_total", "Greetings given"}));
  context.contribute<HttpEndpoint>(*module);
  return module;
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "hello",
                                   .needs = kNeeds,
                                   .provides = {},
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::hello
