#pragma once

#include <string>
#include <string_view>

namespace rig::proxy {

// Queries are handed on byte for byte; what is named here is cut out or put in between the `&`, and
// the rest stays as the client wrote it. Names are compared decoded (percent-encoding, `+` is a
// space), so that no spelling of one slips through.

/// The next `name=value` of a query, undecoded; `query` is what is left. Empty parts are parts, so
/// call it while `query` is not empty.
[[nodiscard]] std::string_view next_parameter(std::string_view& query) noexcept;

/// Percent-decoded, `+` a space. A broken escape stands for itself.
[[nodiscard]] std::string decode_form(std::string_view text);

/// Whether `part` ("name=value" or "name") has this name, once decoded.
[[nodiscard]] bool has_name(std::string_view part, std::string_view name);

/// The query without all parameters of this name.
[[nodiscard]] std::string without_parameter(std::string_view query, std::string_view name);

/// The parameter at the end, instead of all others of its name. The value is encoded.
[[nodiscard]] std::string with_parameter(std::string_view query, std::string_view name,
                                         std::string_view value);

/// The parameters of `base` that `query` does not have, then `query`.
[[nodiscard]] std::string merge_queries(std::string_view base, std::string_view query);

}  // namespace rig::proxy
