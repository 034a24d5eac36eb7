#include <rig/transport/credentials.hpp>

#include <rig/cloudevents/codec.hpp>
#include <rig/core/ascii.hpp>

#include <string>
#include <string_view>

namespace rig::transport {

access::Credentials credentials_of(const HttpRequest& request) {
  access::Credentials credentials;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto header = request.headers[i];
    if (equals_ignoring_case(header.name, "authorization"))
      credentials.authorization.emplace_back(header.value);
  }
  if (auto token = query_parameter(request.query(), "jwt")) credentials.jwt = *std::move(token);
  return credentials;
}

HttpResponse denial_response(const access::Denial& denial) {
  auto response =
      HttpResponse::json(denial.status, std::string(R"({"message":)")
                                            .append(cloudevents::quote_json(denial.message))
                                            .append(R"(,"reason":)")
                                            .append(cloudevents::quote_json(denial.reason))
                                            .append("}"));
  if (!denial.authenticate.empty()) response.headers.add("www-authenticate", denial.authenticate);
  return response;
}

}  // namespace rig::transport
