#include "id_check.hpp"

#include <functional>

namespace rig::bench {
namespace {

std::uint64_t digest_of(std::string_view id) { return std::hash<std::string_view>{}(id) | 1U; }

// Unique for up to 1,024 publishers and four million keys.
std::uint64_t number_of(const EventMark& mark) {
  return std::uint64_t{mark.publisher} << 54U | std::uint64_t{mark.key} << 32U | mark.sequence;
}

}  // namespace

void IdCheck::note(std::string_view id, Last& last) {
  if (!id.empty()) {
    last = digest_of(id);
  }
}

bool IdCheck::check(const EventMark& mark, std::string_view id, Last& last) {
  const bool is_known = id == last_id_ && mark == last_mark_;
  const std::uint64_t digest = is_known ? last_digest_ : digest_of(id);
  const bool is_new_here = digest != last;
  last = digest;
  if (is_known) {
    return is_new_here;
  }
  if (!belongs(mark, id, digest)) {
    return false;
  }
  last_mark_ = mark;
  last_id_ = id;
  last_digest_ = digest;
  return is_new_here;
}

bool IdCheck::belongs(const EventMark& mark, std::string_view id, std::uint64_t digest) {
  if (id.empty()) {
    return false;
  }
  const auto [known, is_first] = id_of_.try_emplace(number_of(mark), digest);
  return is_first ? ids_.insert(digest).second : known->second == digest;
}

}  // namespace rig::bench
