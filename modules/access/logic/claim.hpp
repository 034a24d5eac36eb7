#pragma once

#include <rig/access/required_claim.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace rig::access {

/// Whether `pointer` can name a claim: a JSON pointer (RFC 6901) that is not empty.
bool is_claim_pointer(std::string_view pointer) noexcept;

/// The claim at a JSON pointer; null if there is none.
const boost::json::value* find_claim(const boost::json::object& claims, std::string_view pointer);

/// The claim at a JSON pointer if it is a string that is not empty.
std::optional<std::string_view> find_text_claim(const boost::json::object& claims,
                                                std::string_view pointer);

/// Reads "/pointer=value" or "/pointer"; nothing if it is neither.
std::optional<RequiredClaim> parse_required_claim(std::string_view text);

bool holds(const RequiredClaim& required, const boost::json::object& claims);

/// The first that does not hold; null: all do.
const RequiredClaim* first_missing(const RequiredClaims& required,
                                   const boost::json::object& claims);

}  // namespace rig::access
