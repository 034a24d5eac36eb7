#include "logic/request_record.hpp"

#include <rig/cloudevents/stamp.hpp>
#include <rig/core/escape.hpp>

#include <boost/json/serialize.hpp>

namespace rig::proxy {

using core::append_escaped;
using core::append_json_string;

std::string console_line(const LoggedRequest& request) {
  const Endpoint& endpoint = *request.endpoint;
  std::string line = "CALL: [";
  append_escaped(line, endpoint.id);
  line += "] ";
  append_escaped(line, endpoint.method);
  line += ' ';
  append_escaped(line, endpoint.path_regex.empty() ? endpoint.path : endpoint.path_regex);
  line += " => ";
  append_escaped(line, request.api->proxy.target_url);
  return line;
}

RequestRecord request_record(const LoggedRequest& request, std::string_view id,
                             std::chrono::system_clock::time_point time) {
  std::string data = R"({"endpoint":)";
  data += boost::json::serialize(request.endpoint->json);
  data += R"(,"request_path":)";
  append_json_string(data, request.path);
  data += R"(,"remote_ip":)";
  append_json_string(data, request.client_ip);
  data += '}';

  RequestRecord record{.event = R"({"id":)", .data_at = 0, .data_size = data.size()};
  std::string& event = record.event;
  append_json_string(event, id);
  event += R"(,"time":)";
  append_json_string(event, cloudevents::format_rfc3339(time));
  event += R"(,"source":"/rig","type":"com.rig.proxy.api.call","contenttype":"application/json",)"
           R"("specversion":"0.2","data":)";
  record.data_at = event.size();
  event += data;
  if (!request.traceparent.empty()) {
    event += R"(,"traceparent":)";
    append_json_string(event, request.traceparent);
    if (!request.tracestate.empty()) {
      event += R"(,"tracestate":)";
      append_json_string(event, request.tracestate);
    }
  }
  event += '}';
  return record;
}

}  // namespace rig::proxy
