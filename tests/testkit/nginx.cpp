#include "nginx.hpp"

#include "deadline.hpp"
#include "listener.hpp"
#include "raw_socket.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace testkit {
namespace {

/// In the foreground, one process, nothing outside of its folder.
std::string configuration(const std::filesystem::path& folder, std::uint16_t port,
                          std::string_view server) {
  const auto at = folder.string() + "/";
  std::string text = "daemon off;\nmaster_process off;\nerror_log stderr;\n";
  text.append("pid ").append(at).append("pid;\nevents {}\nhttp {\n  access_log off;\n");
  for (const std::string kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    text.append("  ").append(kind).append("_temp_path ").append(at).append(kind).append(";\n");
  text.append("  server {\n    listen 127.0.0.1:").append(std::to_string(port)).append(";\n");
  text.append("    root ").append(at).append("root;\n");
  return text.append(server).append("\n  }\n}\n");
}

}  // namespace

Nginx::Nginx(std::string_view server) : port_(quiet_port()) {
  std::filesystem::create_directory(folder_.path() / "root");
  const auto file = folder_.write("nginx.conf", configuration(folder_.path(), port_, server));
  const std::vector<std::string> arguments{NGINX_PROGRAM, "-p", folder_.path().string(), "-c",
                                           file};
  process_ = std::make_unique<ChildProcess>(arguments, Environment{});
  const bool is_ready = eventually([this] {
    if (process_->has_ended()) return true;
    try {
      const RawSocket probe(port_);
      return true;
    } catch (const Failure&) {
      return false;  // it does not listen yet
    }
  });
  if (!is_ready || process_->has_ended())
    throw Failure("nginx does not start: " + process_->standard_error());
}

}  // namespace testkit
