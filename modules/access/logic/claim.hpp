#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::access {

/// Whether `pointer` can name a claim: a JSON pointer (RFC 6901) that is not empty.
bool is_claim_pointer(std::string_view pointer) noexcept;

/// The claim at a JSON pointer; null if there is none.
const boost::json::value* find_claim(const boost::json::object& claims, std::string_view pointer);

/// The claim at a JSON pointer if it is a string that is not empty.
std::optional<std::string_view> find_text_claim(const boost::json::object& claims,
                                                std::string_view pointer);

/// A claim that a token must have.
struct RequiredClaim {
  std::string pointer;
  std::string value;  ///< empty: any but null and false

  /// Reads "/pointer=value" or "/pointer"; nothing if it is neither.
  static std::optional<RequiredClaim> parse(std::string_view text);

  /// The claim is this text or number, or an array that has it, or words of which it is one, as
  /// `scope` has them (RFC 8693, 4.2).
  [[nodiscard]] bool holds(const boost::json::object& claims) const;
};

}  // namespace rig::access
