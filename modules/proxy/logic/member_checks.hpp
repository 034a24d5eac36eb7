#pragma once

#include "logic/fault_list.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::proxy {

/// Checks the members of an object within a definition; they are called `name.member` in errors,
/// or `member` if there is no name.
class MemberChecks {
 public:
  MemberChecks(const boost::json::object& object, std::string name, const FaultList& faults)
      : object_(object), name_(std::move(name)), faults_(faults) {}

  /// The checks of a member that must be an object; nothing if it is absent or another thing.
  static std::optional<MemberChecks> of(const boost::json::object& owner, std::string_view name,
                                        const FaultList& faults);

  void add(std::string_view member, std::string_view reason) const;
  void allow_only(std::initializer_list<std::string_view> members) const;
  void allow_text(std::string_view member) const;
  void allow_boolean(std::string_view member) const;
  void allow_number(std::string_view member, std::int64_t min, std::int64_t max) const;
  /// Milliseconds, or a text as in settings.
  void allow_duration(std::string_view member, std::chrono::milliseconds min,
                      std::chrono::milliseconds max) const;
  /// A list of the status codes of final answers.
  void allow_statuses(std::string_view member) const;

  [[nodiscard]] const boost::json::object& object() const noexcept { return object_; }

 private:
  const boost::json::object& object_;
  std::string name_;
  const FaultList& faults_;
};

// The values of members that were checked; of an absent one the last argument.

[[nodiscard]] std::int64_t number_of(const boost::json::object& object, std::string_view name,
                                     std::int64_t otherwise);
[[nodiscard]] std::optional<std::chrono::milliseconds> duration_in(const boost::json::value& value);
[[nodiscard]] std::chrono::milliseconds duration_of(const boost::json::object& object,
                                                    std::string_view name,
                                                    std::chrono::milliseconds otherwise);
[[nodiscard]] std::vector<std::int64_t> numbers_of(const boost::json::object& object,
                                                   std::string_view name);

}  // namespace rig::proxy
