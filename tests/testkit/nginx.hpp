#pragma once

#include "child_process.hpp"
#include "temp_folder.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace testkit {

/// Debian's nginx with one server of its own on a port of this machine: to compare with, or as a
/// backend. It reads and writes nothing but a folder of its own.
class Nginx {
 public:
  /// `server`: what stands in its `server` block besides `listen`.
  explicit Nginx(std::string_view server);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Of what it serves by `root`.
  [[nodiscard]] const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace testkit
