#pragma once

#include <rig/proxy/api_change.hpp>
#include <rig/transport/http_message.hpp>

#include <string_view>

namespace rig::api {

/// A change was made; `status` is that of its success.
[[nodiscard]] transport::HttpResponse changed(const proxy::ApiChange& change, int status);

/// The definition breaks rules: for each part of it a list of members and reasons.
[[nodiscard]] transport::HttpResponse invalid_definition(const proxy::DefinitionErrors& errors);

/// No active API has this id.
[[nodiscard]] transport::HttpResponse unknown_api(std::string_view id);

/// For requests that are not read at all: version 3's page and, beside it, the reason.
[[nodiscard]] transport::HttpResponse error_page(int status, std::string_view reason);

}  // namespace rig::api
