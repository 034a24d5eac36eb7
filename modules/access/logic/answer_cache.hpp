#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace rig::access {

/// What a service has answered, for a while. Questions are kept as their SHA-256 only: there are
/// tokens in them. The one that was used least recently makes room.
class AnswerCache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Key = std::array<unsigned char, 32>;

  explicit AnswerCache(std::size_t max) : max_(max) {}

  /// Of the parts of a question.
  static Key key_of(std::span<const std::string_view> parts);

  /// The status that was answered.
  [[nodiscard]] std::optional<int> find(const Key& key, Time now);
  void keep(const Key& key, int status, Time until);
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

 private:
  struct Answer {
    Key key;
    int status;
    Time until;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  using Answers = std::list<Answer>;  // the last used first

  std::size_t max_;
  Answers answers_;
  std::unordered_map<Key, Answers::iterator, Hash> places_;
};

}  // namespace rig::access
