#include "nats_server.hpp"

#include "http.hpp"
#include "json.hpp"
#include "listener.hpp"

#include <signal.h>

#include <filesystem>
#include <utility>

namespace testkit {

NatsServer::NatsServer(std::string configuration) : configuration_(std::move(configuration)) {
  start();
}

void NatsServer::kill() {
  process_->signal(SIGKILL);
  if (!process_->wait_exit()) throw Failure("nats-server cannot be killed");
  process_.reset();
}

void NatsServer::start(std::string configuration) {
  configuration_ = std::move(configuration);
  start();
}

/// The server writes into a file where it listens, once it does.
void NatsServer::start() {
  const auto ports_folder = folder_.path() / "ports";
  std::filesystem::remove_all(ports_folder);
  std::filesystem::create_directory(ports_folder);
  auto text = "host: 127.0.0.1\nport: " + (port_ == 0 ? "-1" : std::to_string(port_)) +
              "\nhttp: \"127.0.0.1:-1\"\nports_file_dir: \"" + ports_folder.string() + "\"\n" +
              configuration_;
  if (configuration_.find("jetstream") == std::string::npos)
    text += "\njetstream { store_dir: \"" + (folder_.path() / "jetstream").string() + "\" }\n";
  const auto file = folder_.write("server.conf", text);
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{NATS_SERVER_PROGRAM, "-c", file}, Environment{});
  const auto ports_file =
      ports_folder / ("nats-server_" + std::to_string(process_->pid()) + ".ports");
  const auto port_of = [](const std::string& url) {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  };
  std::string url;
  std::string monitoring_url;
  const bool has_started = eventually([&] {
    if (process_->has_ended()) return true;
    const auto ports = read_file(ports_file);
    if (!ports.ends_with("}")) return false;
    url = json_at(ports, "/nats/0").value_or("");
    monitoring_url = json_at(ports, "/monitoring/0").value_or("");
    return true;
  });
  if (!has_started || url.empty()) throw Failure("nats-server does not start:\n" + log());
  port_ = port_of(url);
  monitoring_port_ = port_of(monitoring_url);
}

bool NatsServer::is_healthy() const {
  return fetch(monitoring_port_, {.method = "GET", .target = "/healthz"}).status == 200;
}

}  // namespace testkit
