#include "io/definition_files.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace rig::proxy {
namespace {

namespace fs = std::filesystem;
using Sources = std::vector<DefinitionSource>;

constexpr std::size_t kFileBytesMax = 16U << 20U;
constexpr std::size_t kFilesMax = 10'000;

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::value(text));
}

Fault cannot_read(const std::string& name, const std::string& why) {
  return {"cannot be read: " + quoted(name) + ": " + why};
}

Read<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) return cannot_read(path, std::generic_category().message(errno));
  std::string text;
  std::string buffer(65536, '\0');
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer, 0, count);
    if (text.size() > kFileBytesMax) return cannot_read(path, "it is larger than 16MiB");
  }
  if (std::ferror(file.get()) != 0)
    return cannot_read(path, std::generic_category().message(errno));
  return Read<std::string>(boost::system::in_place_value, std::move(text));
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

Read<DefinitionSource> read_source(const fs::path& path) {
  auto text = read_file(path.string());
  if (!text) return std::move(text).error();
  DefinitionSource source;
  source.name = path.string();
  if (is_yaml(path)) source.format = DefinitionSource::Format::kYaml;
  source.text = *std::move(text);
  return source;
}

bool is_definition_file(const fs::directory_entry& entry) {
  std::error_code unknown;
  const auto& path = entry.path();
  return !path.filename().string().starts_with('.') && entry.is_regular_file(unknown) &&
         (path.extension() == ".json" || is_yaml(path));
}

Read<Sources> read_directory(const std::string& name) {
  std::vector<fs::path> paths;
  std::error_code error;
  fs::directory_iterator entries(name, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (is_definition_file(*entries)) paths.push_back(entries->path());
    if (paths.size() > kFilesMax) return cannot_read(name, "it has more than 10,000 files");
  }
  if (error) return cannot_read(name, error.message());
  std::ranges::sort(paths);
  Sources sources;
  for (const auto& path : paths) {
    auto source = read_source(path);
    if (!source) return std::move(source).error();
    source->may_be_one = true;
    sources.push_back(*std::move(source));
  }
  return sources;
}

bool looks_like_json(const std::string& text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != std::string::npos && (text[start] == '[' || text[start] == '{');
}

}  // namespace

Read<Sources> read_definition_files(const std::string& setting) {
  if (setting.empty()) return Sources();
  std::error_code unknown;
  const auto status = fs::status(setting, unknown);
  if (fs::is_directory(status)) return read_directory(setting);
  if (!fs::exists(status) && looks_like_json(setting)) {
    DefinitionSource source;
    source.text = setting;
    return Sources{std::move(source)};
  }
  auto source = read_source(setting);
  if (!source) return Fault{"is neither JSON nor a file or directory: it " + source.error().why};
  return Sources{*std::move(source)};
}

}  // namespace rig::proxy
