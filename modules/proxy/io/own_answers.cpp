#include "io/own_answers.hpp"

#include <utility>

namespace rig::proxy {

using transport::HttpResponse;

HttpResponse response_of(Answer answer) {
  HttpResponse response;
  response.status = answer.status;
  for (auto& [name, value] : answer.headers) {
    if (name == "content-type") {
      response.content_type = std::move(value);
    } else {
      response.headers.add(name, value);
    }
  }
  response.body = std::move(answer.body);
  return response;
}

HttpResponse for_browsers(HttpResponse response, std::string_view headers) {
  response.headers.add("access-control-allow-methods", "*");
  response.headers.add("access-control-allow-headers", headers);
  return response;
}

}  // namespace rig::proxy
