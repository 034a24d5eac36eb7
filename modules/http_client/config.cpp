#include "config.hpp"

#include "io/tls_context.hpp"

#include <rig/core/env.hpp>

namespace rig::http_client {

HttpClientConfig HttpClientConfig::from_env(EnvReader& env) {
  HttpClientConfig config;
  config.ca_file =
      env.text({"RIG_HTTP_CLIENT_CA_FILE",
                "A PEM file of certificate authorities that are trusted beside the system's when "
                "the gateway itself calls another service"},
               "");
  if (const auto context = make_tls_context(config.ca_file); !context) {
    env.problem("RIG_HTTP_CLIENT_CA_FILE", context.error());
    config.ca_file.clear();  // noted; the start ends when all problems are
  }
  return config;
}

}  // namespace rig::http_client
