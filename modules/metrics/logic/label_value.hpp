#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rig::metrics {

/// What is cut off a label value from outside: a type or topic of a megabyte would be kept for
/// ever, a thousand times.
inline constexpr std::size_t kLabelValueBytesMax = 256;

/// `value` as a label may hold it: at most `kLabelValueBytesMax` bytes and well-formed UTF-8. One
/// bad byte would make Prometheus refuse the whole page, so what is not UTF-8 and each control
/// character becomes U+FFFD.
[[nodiscard]] std::string safe_label_value(std::string_view value);

}  // namespace rig::metrics
