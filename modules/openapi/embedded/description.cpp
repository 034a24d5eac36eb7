#include "embedded/embedded.hpp"

extern "C" {
extern const char kRigDescription[];
extern const char kRigDescriptionEnd[];
}

namespace rig::openapi {

std::string_view description() { return {kRigDescription, kRigDescriptionEnd}; }

}  // namespace rig::openapi
