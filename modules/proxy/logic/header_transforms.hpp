#pragma once

#include "logic/fault_list.hpp"
#include "logic/header_rules.hpp"

#include <rig/proxy/api_definition.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rig::proxy {

/// Which way the headers go.
enum class Way : std::uint8_t { kRequest, kResponse };

/// Notes what is wrong with the `transform_…_headers` of a version. None may write a header that
/// tells the upstream a claim.
void check_header_transforms(const boost::json::object& version, Way way,
                             std::span<const std::string> claim_headers, const FaultList& faults);

/// Of a version that was checked.
[[nodiscard]] HeaderTransforms read_header_transforms(const boost::json::object& version, Way way);

[[nodiscard]] inline HeaderEdits edits_of(const HeaderTransforms& transforms) noexcept {
  return {transforms.remove, transforms.add, transforms.append};
}

/// What an endpoint changes, of requests and of answers.
[[nodiscard]] inline HeaderEdits request_edits(const Api& api, const Endpoint& endpoint) noexcept {
  return endpoint.transform_request_headers ? edits_of(api.request_headers) : HeaderEdits();
}
[[nodiscard]] inline HeaderEdits response_edits(const Api& api, const Endpoint& endpoint) noexcept {
  return endpoint.transform_response_headers ? edits_of(api.response_headers) : HeaderEdits();
}

/// Does to an answer for the client what `HeaderEdits` says.
void edit(transport::HttpResponse& response, const HeaderEdits& edits);

}  // namespace rig::proxy
