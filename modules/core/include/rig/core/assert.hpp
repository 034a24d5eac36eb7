#pragma once

namespace rig::detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace rig::detail

/// For errors of the programmer, never for input from outside. Stays on in release builds.
#define RIG_ASSERT(condition)         \
  ((condition) ? static_cast<void>(0) \
               : ::rig::detail::assertion_failed(#condition, __FILE__, __LINE__))
