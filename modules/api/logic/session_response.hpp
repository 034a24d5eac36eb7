#pragma once

#include <rig/sessions/connection.hpp>
#include <rig/transport/http_message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::api {

/// The session is cut off; `path` is that of the request.
[[nodiscard]] transport::HttpResponse cut_off(std::string_view path, std::string_view session);

/// The blacklist takes no more.
[[nodiscard]] transport::HttpResponse blacklist_full();

/// Whether it is on the blacklist.
[[nodiscard]] transport::HttpResponse is_cut_off(bool is_so);

/// It was let in again, or was not on the blacklist.
[[nodiscard]] transport::HttpResponse let_in(bool was_cut_off);

/// A page of connections; `missing`: the nodes that did not say which ones they have.
[[nodiscard]] transport::HttpResponse page_of(const sessions::Page& page,
                                              const std::vector<std::string>& missing);

/// The connections of one session; 404 if there are none, 503 if nobody knows.
[[nodiscard]] transport::HttpResponse session_with(
    std::string_view session, const std::vector<sessions::Connection>& connections,
    const std::vector<std::string>& missing);

/// For pages of whatever origin, as version 3 had it on this resource, errors included.
void allow_any_origin(transport::HttpResponse& response);

}  // namespace rig::api
