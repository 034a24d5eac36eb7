#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// A node of the cluster, as it tells the others every two seconds.
struct Member {
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  static constexpr std::string_view kJoining = "joining";
  static constexpr std::string_view kServing = "serving";
  static constexpr std::string_view kDraining = "draining";
  static constexpr std::string_view kGone = "gone";  ///< its last word

  std::string id;                  ///< random per start
  std::string name;                ///< for people; not unique
  std::string version;             ///< of the program
  std::string state;               ///< one of the above; one that is not known here passes
  Time since;                      ///< its start, by its own clock
  std::uint64_t connections = 0;   ///< of clients that are sent events
  std::uint64_t interest = 0;      ///< event types that it asks others for
  std::vector<std::string> types;  ///< the first of them, see `kTypesMax`

  bool operator==(const Member&) const = default;
};

/// More types, and longer ones, are counted and not named: a node that wants 100,000 types must not
/// tell all of them every two seconds.
inline constexpr std::size_t kTypesMax = 50;
inline constexpr std::size_t kTypeBytesMax = 200;

/// As JSON, in one line.
[[nodiscard]] std::string to_text(const Member& member);
/// Members of the object that are not known here are passed over, so that nodes of other versions
/// are understood. The error says what is wrong, without repeating anything of the text.
[[nodiscard]] boost::system::result<Member, std::string> parse_member(std::string_view text);

/// RFC 3339 in UTC with milliseconds.
[[nodiscard]] std::string to_text(Member::Time time);

}  // namespace rig::cluster
