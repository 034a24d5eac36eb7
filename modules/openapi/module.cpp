#include "io/description_endpoint.hpp"
#include "io/page_endpoint.hpp"

#include <rig/core/module.hpp>

#include <memory>

namespace rig::openapi {
namespace {

constexpr PortKey kContributes[] = {port<transport::HttpEndpoint>()};

/// Owns the endpoints; the transport calls them while it serves.
class OpenApiModule final : public Module {
 public:
  explicit OpenApiModule(ModuleContext& context) {
    context.contribute<transport::HttpEndpoint>(description_);
    context.contribute<transport::HttpEndpoint>(page_);
  }

 private:
  DescriptionEndpoint description_;
  PageEndpoint page_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  return std::make_unique<OpenApiModule>(context);
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "openapi",
                                   .needs = {},
                                   .provides = {},
                                   .collects = {},
                                   .contributes = kContributes,
                                   .create = create};

}  // namespace rig::openapi
