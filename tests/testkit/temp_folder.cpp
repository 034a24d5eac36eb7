#include "temp_folder.hpp"

#include "deadline.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

namespace testkit {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "rig-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw Failure("cannot make a temporary folder: " + name);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;  // a folder that stays behind must not hide the result of the test
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::write(std::string_view name, std::string_view content) const {
  const auto file = path_ / name;
  std::ofstream(file, std::ios::binary) << content;
  return file.string();
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

}  // namespace testkit
