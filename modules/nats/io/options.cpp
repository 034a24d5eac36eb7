#include "io/options.hpp"

#include <rig/core/error.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace rig::nats {
namespace {

constexpr std::int64_t kConnectTimeoutsMs = 4'000;  // of all servers together
constexpr std::int64_t kConnectTimeoutMaxMs = 2'000;
constexpr std::int64_t kConnectTimeoutMinMs = 500;
constexpr std::int64_t kWriteTimeoutMs = 5'000;
constexpr std::int64_t kPingIntervalMs = 10'000;  // a silent connection is noticed after three
constexpr int kPingsOutMax = 2;
constexpr int kReconnectBufferBytes = 1 << 20;

/// `setting`: its name, in one or two parts.
void check(natsStatus status, std::string_view setting, std::string_view rest = {}) {
  if (status == NATS_OK) return;
  throw StartupError(std::string(setting).append(rest) + " cannot be used: " + describe(status));
}

/// The library puts these into a JSON text as they are.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void set_servers(natsOptions* options, const ConnectionConfig& config) {
  const auto& addresses = config.servers;
  std::vector<std::string> urls;
  for (const auto& address : addresses) urls.push_back("nats://" + address);
  std::vector<const char*> texts;
  for (const auto& url : urls) texts.push_back(url.c_str());
  check(natsOptions_SetServers(options, texts.data(), static_cast<int>(texts.size())),
        config.servers_name);
  // The first attempt cannot be interrupted; a stop waits for it.
  const auto timeout = kConnectTimeoutsMs / static_cast<std::int64_t>(addresses.size());
  natsOptions_SetTimeout(options, std::clamp(timeout, kConnectTimeoutMinMs, kConnectTimeoutMaxMs));
}

void set_credentials(natsOptions* options, const ConnectionConfig& config) {
  const auto& credentials = config.credentials;
  const auto& prefix = config.prefix;
  if (!credentials.user.empty()) {
    check(natsOptions_SetUserInfo(options, escape(credentials.user).c_str(),
                                  escape(credentials.password.reveal()).c_str()),
          prefix, "_USER");
  }
  if (!credentials.token.empty())
    check(natsOptions_SetToken(options, escape(credentials.token.reveal()).c_str()), prefix,
          "_TOKEN");
  if (!credentials.file.empty()) {
    check(natsOptions_SetUserCredentialsFromFiles(options, credentials.file.c_str(), nullptr),
          prefix, "_CREDENTIALS_FILE");
  }
  if (!credentials.nkey.empty()) {
    check(natsOptions_SetNKeyFromSeed(options, credentials.nkey.c_str(),
                                      credentials.nkey_seed_file.c_str()),
          prefix, "_NKEY");
  }
}

/// The library verifies certificates and the names in them by default.
void set_tls(natsOptions* options, const ConnectionConfig& config) {
  const auto& tls = config.tls;
  const auto& prefix = config.prefix;
  if (!tls.ca_file.empty()) {
    check(natsOptions_LoadCATrustedCertificates(options, tls.ca_file.c_str()), prefix,
          "_TLS_CA_FILE");
  }
  if (!tls.certificate_file.empty()) {
    check(natsOptions_LoadCertificatesChain(options, tls.certificate_file.c_str(),
                                            tls.key_file.c_str()),
          prefix, "_TLS_CERT_FILE");
  }
  if (tls.is_on) check(natsOptions_SetSecure(options, true), prefix, "_TLS");
}

}  // namespace

OptionsPtr make_options(const ConnectionConfig& config, const std::string& name) {
  natsOptions* made = nullptr;
  check(natsOptions_Create(&made), config.servers_name);
  OptionsPtr options(made);
  set_servers(made, config);
  set_credentials(made, config);
  set_tls(made, config);
  natsOptions_SetName(made, name.c_str());
  natsOptions_SetNoEcho(made, !config.hears_itself);
  natsOptions_UseGlobalMessageDelivery(made, config.shares_thread);
  natsOptions_SetAllowReconnect(made, config.reconnects);
  natsOptions_SetMaxReconnect(made, -1);
  natsOptions_SetReconnectBufSize(made, kReconnectBufferBytes);
  natsOptions_SetWriteDeadline(made, kWriteTimeoutMs);
  natsOptions_SetPingInterval(made, kPingIntervalMs);
  natsOptions_SetMaxPingsOut(made, kPingsOutMax);
  return options;
}

}  // namespace rig::nats
