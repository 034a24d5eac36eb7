#pragma once

#include <rig/proxy/api_entry.hpp>
#include <rig/sessions/blacklist_entry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rig::cluster {

/// What a node remembers of an entry of a map, to compare its own with it: by the rules that the
/// replicas merge by, without the texts.
struct BlacklistMark {
  explicit BlacklistMark(const sessions::BlacklistEntry& entry);

  /// A change may replace one that does not hold over it.
  [[nodiscard]] bool follows(const BlacklistMark& before) const { return !is_behind(before); }
  /// The other one holds over it.
  [[nodiscard]] bool is_behind(const BlacklistMark& other) const;
  [[nodiscard]] bool operator==(const BlacklistMark&) const = default;
  /// When nobody needs the entry any more.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> end() const { return remembered_until; }

  std::uint64_t version;
  bool is_cut_off;
  std::chrono::sys_seconds until;
  std::chrono::sys_seconds remembered_until;
};

struct ApiMark {
  explicit ApiMark(const proxy::ApiEntry& entry);

  /// A change replaces what was changed less often: what was not comes from another node that was
  /// first.
  [[nodiscard]] bool follows(const ApiMark& before) const { return ref_number > before.ref_number; }
  [[nodiscard]] bool is_behind(const ApiMark& other) const;
  /// The same definition, though from another node: both have read it from the same file.
  [[nodiscard]] bool operator==(const ApiMark& other) const;
  [[nodiscard]] static std::optional<std::chrono::sys_seconds> end() { return std::nullopt; }

  std::uint64_t ref_number;
  proxy::ApiEntry::Time timestamp;
  bool is_active;
  std::size_t definition_hash;
};

}  // namespace rig::cluster
