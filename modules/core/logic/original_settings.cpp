#include "logic/original_settings.hpp"

#include <rig/core/units.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace rig::core {
namespace {

/// Settings that belong to something which a build may not do: with it, the module that does it
/// reads them; without it, the operator is told. Grouped, so that one line names all that are set.
struct Feature {
  std::string_view what;
  std::span<const std::string_view> settings;
};

/// A setting that says nothing any more, and why.
struct Explained {
  std::string_view name;
  std::string_view why;
};

/// Settings whose purpose another setting has today. Without that one, the operator does not get
/// what was asked for, and is warned.
struct Replaced {
  std::span<const std::string_view> settings;
  std::string_view by;
  std::string_view how;
};

/// A setting that protects something, and what would happen without.
struct Protecting {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kClients[] = {"INBOUND_PORT", "API_HTTP_PORT", "CORS"};
constexpr std::string_view kEvents[] = {"EXTRACTORS"};
constexpr std::string_view kLogs[] = {"LOG_LEVEL", "LOG_FMT"};
constexpr std::string_view kMetrics[] = {"PROMETHEUS_METRICS_ENABLED"};
constexpr std::string_view kRates[] = {"MAX_CONNECTIONS_PER_MINUTE"};
constexpr std::string_view kDiscovery[] = {"DISCOVERY_TYPE", "DNS_NAME"};
constexpr std::string_view kTokens[] = {"JWT_SECRET_KEY", "JWT_ALG", "JWT_SESSION_FIELD"};
constexpr std::string_view kProxy[] = {"PROXY_CONFIG_FILE",
                                       "PROXY_RECV_TIMEOUT",
                                       "PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT",
                                       "PROXY_KAFKA_RESPONSE_TIMEOUT",
                                       "PROXY_KINESIS_RESPONSE_TIMEOUT",
                                       "PROXY_NATS_RESPONSE_TIMEOUT",
                                       "PROXY_KAFKA_RESPONSE_TOPICS",
                                       "PROXY_KAFKA_RESPONSE_KAFKA_GROUP_ID",
                                       "PROXY_KINESIS_REQUEST_REGION",
                                       "REQUEST_LOG"};
constexpr std::string_view kKafka[] = {
    "KAFKA_BROKERS",     "KAFKA_SOURCE_TOPICS",        "KAFKATOFILTER_KAFKA_GROUP_ID",
    "KAFKA_SERIALIZER",  "KAFKA_SCHEMA_REGISTRY_HOST", "KAFKA_SASL",
    "KAFKA_SSL_ENABLED", "KAFKA_SSL_CA_CERTFILE",      "KAFKA_SSL_CERTFILE",
    "KAFKA_SSL_KEYFILE", "KAFKA_SSL_KEYFILE_PASS",     "KAFKA_LOG_TOPIC",
    "KAFKA_LOG_SCHEMA",  "KAFKA_RESTART_DELAY_MS"};
constexpr std::string_view kNats[] = {"NATS_SERVERS", "NATS_SOURCE_TOPICS",
                                      "NATSTOFILTER_QUEUE_GROUP"};
constexpr std::string_view kKinesis[] = {"KINESIS_ENABLED",    "KINESIS_APP_NAME",
                                         "KINESIS_AWS_REGION", "KINESIS_STREAM",
                                         "KINESIS_ENDPOINT",   "KINESIS_DYNAMODB_ENDPOINT"};
constexpr std::string_view kTracing[] = {"JAEGER_HOST", "JAEGER_PORT", "JAEGER_SERVICE_NAME",
                                         "ZIPKIN_ADDR", "ZIPKIN_SERVICE_NAME"};

constexpr Feature kFeatures[] = {{"client connections", kClients},
                                 {"extractors", kEvents},
                                 {"logs", kLogs},
                                 {"metrics", kMetrics},
                                 {"a limit of new connections per minute", kRates},
                                 {"JSON web tokens", kTokens},
                                 {"the reverse proxy", kProxy},
                                 {"Kafka", kKafka},
                                 {"NATS", kNats},
                                 {"Kinesis", kKinesis},
                                 {"tracing", kTracing}};

constexpr Explained kExplained[] = {
    {"NODE_COOKIE", "it was the shared secret of the old platform's nodes"},
    {"NODE_HOST", "it was the name of a node on the old platform"},
    {"HOST", "it named the gateway in the headers of proxied requests"},
    {"HTTPS_KEYFILE_PASS", "it belongs to HTTPS, which is off without a certificate"},
    {"INBOUND_HTTPS_PORT", "it belongs to HTTPS, which is off without a certificate"},
    {"API_HTTPS_PORT", "it belongs to HTTPS, which is off without a certificate"},
    {"KINESIS_CLIENT_JAR", "there is no Java client any more"},
    {"KINESIS_OTP_JAR", "there is no Java client any more"},
    {"KINESIS_LOG_LEVEL", "there is no Java client any more"},
    {"PROMETHEUS_ENABLED", "it is for the deployment's annotations and was never read"}};

constexpr Replaced kReplaced[] = {
    {kDiscovery, "CLUSTER_URL", "gateways find each other over the NATS servers that it names"}};

// A value of these that is neither empty nor `no_check` asks that not everybody may do something.
constexpr Protecting kChecks[] = {
    {"SUBSCRIPTION_CHECK", "everybody could subscribe to every event"},
    {"SUBMISSION_CHECK", "everybody could publish events"}};

constexpr Protecting kCertificates[] = {
    {"HTTPS_CERTFILE", "clients would have to talk to it in the clear"},
    {"HTTPS_KEYFILE", "clients would have to talk to it in the clear"}};

/// Looks up what is set and not read by any module.
class Unread {
 public:
  Unread(const EnvSnapshot& env, const std::set<std::string_view>& read) : env_(env), read_(read) {}

  /// The value of `name`; empty if it is read, unset or empty.
  [[nodiscard]] std::string_view value(std::string_view name) const {
    if (read_.contains(name)) return {};
    const auto found = env_.find(name);
    return found == env_.end() ? std::string_view{} : std::string_view(found->second);
  }

 private:
  const EnvSnapshot& env_;
  const std::set<std::string_view>& read_;
};

/// Switched off is what we do anyway: `KAFKA_SSL_ENABLED=false` needs no warning.
bool is_off(std::string_view name, std::string_view value) {
  return name.ends_with("_ENABLED") && parse_boolean(value) == false;
}

std::string join(std::span<const std::string_view> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out.append(i + 1 == names.size() ? " and " : ", ");
    out.append(names[i]);
  }
  return out;
}

void warn_of(const Feature& feature, const Unread& unread, std::vector<std::string>& warnings) {
  std::vector<std::string_view> set;
  for (const std::string_view name : feature.settings) {
    const std::string_view value = unread.value(name);
    if (!value.empty() && !is_off(name, value)) set.push_back(name);
  }
  if (set.empty()) return;
  warnings.push_back(join(set)
                         .append(set.size() == 1 ? " has" : " have")
                         .append(" no effect: this build does not support ")
                         .append(feature.what)
                         .append(" yet"));
}

void tell_of(const Replaced& replaced, const EnvSnapshot& env, const Unread& unread,
             OriginalSettings& result) {
  std::vector<std::string_view> set;
  for (const std::string_view name : replaced.settings)
    if (!unread.value(name).empty()) set.push_back(name);
  if (set.empty()) return;
  const auto successor = env.find(replaced.by);
  const bool is_replaced = successor != env.end() && !successor->second.empty();
  auto& sentences = is_replaced ? result.notes : result.warnings;
  sentences.push_back(join(set)
                          .append(set.size() == 1 ? " has" : " have")
                          .append(" no effect: it is ")
                          .append(replaced.by)
                          .append(" now, ")
                          .append(replaced.how));
}

}  // namespace

OriginalSettings check_original_settings(const EnvSnapshot& env,
                                         const std::set<std::string_view>& read) {
  const Unread unread(env, read);
  OriginalSettings result;
  for (const auto& [name, why] : kExplained) {
    if (!unread.value(name).empty())
      result.notes.push_back(std::string(name).append(" has no effect: ").append(why));
  }
  for (const Replaced& row : kReplaced) tell_of(row, env, unread, result);
  for (const Feature& feature : kFeatures) warn_of(feature, unread, result.warnings);
  for (const auto& [name, why] : kChecks) {
    const std::string_view value = unread.value(name);
    if (value.empty() || equal_ignoring_case(value, "no_check")) continue;
    result.problems.push_back(std::string(name)
                                  .append(" asks for a check that this build does not do yet, so ")
                                  .append(why)
                                  .append("; leave it empty or say no_check"));
  }
  for (const auto& [name, why] : kCertificates) {
    if (unread.value(name).empty()) continue;
    result.problems.push_back(std::string(name)
                                  .append(" is set, but this build does not serve HTTPS yet, so ")
                                  .append(why)
                                  .append("; leave it empty"));
  }
  return result;
}

std::set<std::string_view> original_setting_names() {
  std::set<std::string_view> names;
  for (const Feature& feature : kFeatures)
    names.insert(feature.settings.begin(), feature.settings.end());
  for (const Replaced& row : kReplaced) names.insert(row.settings.begin(), row.settings.end());
  for (const Explained& row : kExplained) names.insert(row.name);
  for (const Protecting& row : kChecks) names.insert(row.name);
  for (const Protecting& row : kCertificates) names.insert(row.name);
  return names;
}

}  // namespace rig::core
