#pragma once

#include "logic/state_mark.hpp"
#include "logic/state_record.hpp"
#include "logic/subjects.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/sessions/blacklist_replica.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

// What `SharedState` has to know of what it keeps.

struct ApiKind {
  using Entry = proxy::ApiEntry;
  using Mark = ApiMark;
  using Replica = proxy::ApiReplica;

  static constexpr const char* kMap = "apis";
  static std::string key(const Entry& entry) { return key_of(entry.id); }
  static Parsed<Entry> parse(std::string_view text) { return parse_api_entry(text); }
  static Task<std::vector<Entry>> snapshot(Ref<Replica> replica) {
    return replica->snapshot_entries();
  }
};

struct BlacklistKind {
  using Entry = sessions::BlacklistEntry;
  using Mark = BlacklistMark;
  using Replica = sessions::BlacklistReplica;

  static constexpr const char* kMap = "blacklist";
  static std::string key(const Entry& entry) { return key_of(entry.session); }
  static Parsed<Entry> parse(std::string_view text) { return parse_blacklist_entry(text); }
  static Task<std::vector<Entry>> snapshot(Ref<Replica> replica) { return replica->snapshot(); }
};

}  // namespace rig::cluster
