#pragma once

/// Structured logging. One line per call, written by a thread of its own through a bounded queue
/// that drops the oldest line rather than make a shard wait. Formats and levels: docs/settings.md.
///
///   RIG_LOG(kWarn, "cannot accept connections", {"door", "inbound"}, {"reason", ec.message()});
///
/// The message is a constant phrase that one can search for; what varies goes into fields. Secrets
/// and tokens never do.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace rig::log {

enum class Level : std::uint8_t {
  kDebug,
  kInfo,
  kWarn,
  kError,
  kNotice /* an info that is always shown */
};

class Field {
 public:
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  Field(std::string_view key, const char* value) : key_(key), value_(std::string_view(value)) {}
  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  Field(std::string_view key, double value) : key_(key), value_(value) {}
  template <std::signed_integral T>
  Field(std::string_view key, T value) : key_(key), value_(std::int64_t{value}) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view key, T value) : key_(key), value_(std::uint64_t{value}) {}

  [[nodiscard]] std::string_view key() const { return key_; }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  std::string_view key_;
  Value value_;
};

[[nodiscard]] bool enabled(Level level) noexcept;
void write(Level level, const char* file, int line, std::string_view message,
           std::initializer_list<Field> fields);

}  // namespace rig::log

#define RIG_LOG(level, message, ...)                                                           \
  do {                                                                                         \
    if (::rig::log::enabled(::rig::log::Level::level))                                         \
      ::rig::log::write(::rig::log::Level::level, __FILE__, __LINE__, message, {__VA_ARGS__}); \
  } while (false)
