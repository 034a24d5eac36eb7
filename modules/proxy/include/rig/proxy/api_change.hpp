#pragma once

#include <rig/proxy/api_definition.hpp>

#include <cstdint>
#include <string>

namespace rig::proxy {

/// What came of a change that was asked for; nothing has changed unless it is `kDone`.
struct ApiChange {
  enum class Outcome : std::uint8_t {
    kDone,
    kInvalid,  ///< the definition breaks rules, which `errors` has
    kExists,   ///< an active API has this id
    kUnknown,  ///< no active API has this id
    kFull,     ///< as many ids are known as may be (RIG_PROXY_APIS_MAX)
    kRaced,    ///< another node has changed the API at the same moment
    kAlone,    ///< the other nodes cannot be asked
  };

  Outcome outcome = Outcome::kDone;
  std::string id;
  DefinitionErrors errors = {};
};

}  // namespace rig::proxy
