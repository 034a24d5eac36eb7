#pragma once

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rig::subscriptions {

/// Parses JSON from outside, at most `kJsonDepthMax` levels deep. The error says what is wrong and
/// where: "unexpected end of input at position 2".
boost::system::result<boost::json::value, std::string> parse_json(std::string_view text);
inline constexpr std::size_t kJsonDepthMax = 32;

/// A part of a JSON text that is known to be valid. Reading the text instead of a parsed tree keeps
/// what the sender wrote: the digits of a number, the order of members. Of members with the same
/// name the last one counts, as in JavaScript.
class JsonText {
 public:
  enum class Kind : std::uint8_t { kObject, kArray, kString, kNumber, kBoolean, kNull };

  /// `text`: one value, without white space between its tokens (see `compact_json`).
  explicit JsonText(std::string_view text) : text_(text) {}

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] Kind kind() const noexcept;
  [[nodiscard]] std::string string() const;  ///< of a string, without its escapes
  [[nodiscard]] bool boolean() const noexcept { return text_ == "true"; }
  [[nodiscard]] boost::json::value number() const;

  /// Calls `visit(element)` for each element of an array.
  template <class Visit>
  void for_each_element(Visit visit) const {
    for (Cursor at(text_); at.has_more();) visit(at.next());
  }
  /// Calls `visit(name, value)` for each member of an object; the name is a JSON string.
  template <class Visit>
  void for_each_member(Visit visit) const {
    for (Cursor at(text_); at.has_more();) {
      const JsonText name = at.next();
      visit(name, at.next());
    }
  }

 private:
  /// Walks over the values inside an array or object.
  class Cursor {
   public:
    explicit Cursor(std::string_view container) : rest_(container.substr(1)) {}
    [[nodiscard]] bool has_more() const noexcept { return rest_.size() > 1; }
    JsonText next() noexcept;

   private:
    std::string_view rest_;  // from a value on to the closing bracket
  };

  std::string_view text_;
};

/// `valid_json` without the white space between its tokens.
std::string compact_json(std::string_view valid_json);

}  // namespace rig::subscriptions
