#pragma once

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

/// Reads the members of a JSON object as the text that they are, so that what is handed on keeps
/// its numbers, escapes and spaces. Views into that text.
class JsonObject {
 public:
  struct Member {
    std::string name;        ///< unescaped
    std::string_view text;   ///< name and value, as they stand there
    std::string_view value;  ///< the value alone
  };
  /// Why a text is no object.
  struct Fault {
    bool is_json = false;  ///< it is a value of another kind
    std::string reason;    ///< otherwise: what is wrong, without anything of the text
  };

  /// The object that `text` consists of. All of it is checked (RFC 8259); it may be nested 64
  /// times.
  static boost::system::result<JsonObject, Fault> parse(std::string_view text);

  /// The next member, in order; a name may come again. Nothing: that was the last one.
  std::optional<Member> next();

 private:
  explicit JsonObject(std::string_view rest) noexcept : rest_(rest) {}

  [[nodiscard]] char first() const noexcept { return rest_.front(); }
  std::string_view take(std::size_t size) noexcept;
  void skip_space() noexcept;
  std::string_view take_string() noexcept;
  std::string_view take_value() noexcept;

  std::string_view rest_;  // what was not read yet; valid JSON from the object's start on
};

/// The text of a valid JSON string, unescaped.
[[nodiscard]] std::string unquoted(std::string_view json);

}  // namespace rig::proxy
