#pragma once

#include "temp_folder.hpp"

#include <string>
#include <string_view>

namespace testkit {

/// An authority made for one test by the program `openssl`, and the certificates that it gives, all
/// as PEM files.
class TestAuthority {
 public:
  TestAuthority();

  struct Files {
    std::string certificate;
    std::string key;
  };
  [[nodiscard]] std::string certificate() const { return path("authority.pem"); }
  /// For `names`, like "DNS:localhost,IP:127.0.0.1". `file` is the start of the files' names.
  [[nodiscard]] Files issue(std::string_view file, std::string_view names) const;

 private:
  [[nodiscard]] std::string path(std::string_view file) const { return folder_.path() / file; }

  TempFolder folder_;
};

}  // namespace testkit
