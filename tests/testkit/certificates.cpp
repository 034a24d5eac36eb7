#include "certificates.hpp"

#include "child_process.hpp"

#include <vector>

namespace testkit {
namespace {

void openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/openssl"});
  ChildProcess program(arguments, {});
  if (program.wait_exit() != 0) throw Failure("openssl failed: " + program.standard_error());
}

}  // namespace

TestAuthority::TestAuthority() {
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
           "-keyout", path("authority.key"), "-out", certificate(), "-subj", "/CN=test authority",
           "-days", "2"});
}

TestAuthority::Files TestAuthority::issue(std::string_view file, std::string_view names) const {
  const std::string name(file);
  Files files{path(name + ".pem"), path(name + ".key")};
  openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
           files.key, "-out", path(name + ".csr"), "-subj", "/CN=" + name});
  const auto extensions =
      folder_.write(name + ".ext", "subjectAltName=" + std::string(names) + "\n");
  openssl({"x509", "-req", "-in", path(name + ".csr"), "-CA", certificate(), "-CAkey",
           path("authority.key"), "-CAcreateserial", "-out", files.certificate, "-days", "2",
           "-extfile", extensions});
  return files;
}

}  // namespace testkit
