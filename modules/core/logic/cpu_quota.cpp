#include "logic/cpu_quota.hpp"

#include <rig/core/units.hpp>

#include <algorithm>
#include <cmath>

namespace rig::core {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

bool lists(std::string_view controllers, std::string_view wanted) {
  while (!controllers.empty()) {
    if (take_until(controllers, ',') == wanted) return true;
  }
  return false;
}

/// `path` below `mount`, its parent, … and `mount` itself.
void append_with_parents(std::vector<std::string>& folders, std::string_view mount,
                         std::string_view path) {
  while (!path.empty() && path != "/") {
    folders.push_back(std::string(mount).append(path));
    path = path.substr(0, path.rfind('/'));
  }
  folders.emplace_back(mount);
}

}  // namespace

std::optional<double> quota_of_cfs(std::string_view quota, std::string_view period) {
  const auto quota_us = parse_integer(trimmed(quota));
  const auto period_us = parse_integer(trimmed(period));
  if (!quota_us || !period_us || *quota_us <= 0 || *period_us <= 0) return std::nullopt;
  return static_cast<double>(*quota_us) / static_cast<double>(*period_us);
}

std::optional<double> quota_of_cpu_max(std::string_view text) {
  const std::string_view quota = take_until(text, ' ');
  return quota_of_cfs(quota, text);  // "max" is no number: no limit
}

CgroupFolders cgroup_folders(std::string_view text) {
  CgroupFolders folders;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');  // hierarchy-ID:controllers:path
    take_until(line, ':');
    const std::string_view controllers = take_until(line, ':');
    if (controllers.empty() && line.starts_with('/')) {
      append_with_parents(folders.unified, "", line);
    } else if (lists(controllers, "cpu")) {
      append_with_parents(folders.cpu, "/cpu", line);
    }
  }
  return folders;
}

std::size_t usable_cpus(std::size_t affinity, std::optional<double> quota) {
  std::size_t cpus = std::max<std::size_t>(affinity, 1);
  if (quota && *quota < static_cast<double>(cpus))
    cpus = static_cast<std::size_t>(std::max(std::ceil(*quota), 1.0));
  return cpus;
}

}  // namespace rig::core
