#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rig::cloudevents {

/// A media type (RFC 9110 section 8.3.1); views of the text it was parsed from.
struct MediaType {
  std::string_view type;
  std::string_view subtype;

  /// Nothing if `text` is not `type/subtype` with well-formed parameters, all in ASCII.
  static std::optional<MediaType> parse(std::string_view text) noexcept;

  /// Compares without regard to case; the arguments are lower case.
  [[nodiscard]] bool is(std::string_view lower_type, std::string_view lower_subtype) const noexcept;
  /// JSON format for CloudEvents 1.0.2 section 3.1: the subtype is `json` or ends with `+json`.
  [[nodiscard]] bool is_json() const noexcept;
  /// `type/subtype` in lower case.
  [[nodiscard]] std::string essence() const;
};

}  // namespace rig::cloudevents
