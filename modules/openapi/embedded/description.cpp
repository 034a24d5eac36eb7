#include "embedded/embedded.hpp"

extern "C" {
extern const char rig_openapi_description[];      // NOLINT(modernize-avoid-c-arrays)
extern const char rig_openapi_description_end[];  // NOLINT(modernize-avoid-c-arrays)
}

namespace rig::openapi {

std::string_view description() { return {rig_openapi_description, rig_openapi_description_end}; }

}  // namespace rig::openapi
