#pragma once

#include "logic/header_rules.hpp"

#include <boost/container/small_vector.hpp>

#include <span>
#include <string>
#include <string_view>

namespace rig::proxy {

/// Which headers of a message are for its connection only (RFC 9110, 7.6.1). Views into it.
class HopByHop {
 public:
  explicit HopByHop(const Headers& headers);

  /// Also by the message's own `Connection` header.
  [[nodiscard]] bool contains(std::string_view name) const noexcept;
  /// `TE` has `trailers`, the only one of its values that can be handed on.
  [[nodiscard]] bool accepts_trailers() const noexcept { return accepts_trailers_; }

 private:
  boost::container::small_vector<std::string_view, 8> named_;  // sorted: there may be thousands
  bool accepts_trailers_ = false;
};

/// The client says that it takes trailers behind an answer (RFC 9110, 10.1.4).
[[nodiscard]] bool accepts_trailers(const Headers& headers) noexcept;

/// The name with `-` for `_`. Many servers take the one for the other, as CGI did, so what is the
/// gateway's own, or frames a message, is so in both spellings.
[[nodiscard]] std::string with_hyphens(std::string_view name);

/// A header by which the gateway frames a message or speaks of its connection: no configuration may
/// write one, or two readers would disagree on where the message ends.
[[nodiscard]] bool is_gateways_own(std::string_view name) noexcept;

/// Appends "name: value\r\n".
void append_header(std::string& out, std::string_view name, std::string_view value);

[[nodiscard]] bool is_in(std::span<const Header> headers, std::string_view name) noexcept;
[[nodiscard]] bool is_in(std::span<const std::string> names, std::string_view name) noexcept;
/// Whether an edit leaves a header that came with the message alone.
[[nodiscard]] bool is_left(const HeaderEdits& edits, std::string_view name) noexcept;
/// The values of all headers of a name, as one list; empty: there is none.
[[nodiscard]] std::string list_of(const Headers& headers, std::string_view name);

/// Names that many servers take for one: in any case, and `_` is as good as `-`.
[[nodiscard]] bool is_same_spelling(std::string_view a, std::string_view b) noexcept;
/// By any spelling of one of their names.
[[nodiscard]] bool is_claim(std::span<const ClaimHeader> claims, std::string_view name) noexcept;

}  // namespace rig::proxy
