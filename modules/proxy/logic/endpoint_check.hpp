#pragma once

#include "logic/fault_list.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace rig::proxy {

/// What an endpoint is judged by besides itself.
struct EndpointRules {
  bool is_jwt = false;  ///< of the API
  bool has_keys = true;
};

/// Notes what is wrong with an endpoint.
void check_endpoint(const boost::json::object& endpoint, const EndpointRules& rules,
                    const FaultList& faults);

}  // namespace rig::proxy
