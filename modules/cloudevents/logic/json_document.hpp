#pragma once

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace rig::cloudevents {

/// Containers within containers, the event's own object included.
inline constexpr std::size_t kJsonDepthMax = 64;

/// Why a text is not JSON.
enum class JsonFault : std::uint8_t {
  kNone,
  kSyntax,
  kIncomplete,
  kTextAfterEnd,
  kTooDeep,
  kNumber,  ///< an exponent that no number type holds
  kEscape,  ///< `\u` escapes that are no character
  kNotUtf8,
};

/// The words for a producer: "syntax error", …
std::string_view describe(JsonFault fault) noexcept;

/// One value of a JsonDocument. The values below it follow it in memory: an array's elements, or an
/// object's keys and values in turn.
struct JsonNode {
  enum class Kind : std::uint8_t {
    kNull,
    kBool,
    kInt64,
    kUint64,
    kDouble,
    kString,
    kArray,
    kObject
  };

  Kind kind;
  std::size_t span;    ///< nodes of this value, itself included
  std::size_t length;  ///< bytes of a string
  union {
    bool boolean;
    std::int64_t int64;
    std::uint64_t uint64;
    double number;
    const char* text;
  };

  [[nodiscard]] bool is(Kind k) const noexcept { return kind == k; }
  [[nodiscard]] std::string_view string() const noexcept { return {text, length}; }
  [[nodiscard]] const JsonNode* first_child() const noexcept { return this + 1; }
  /// The value after this one; after the last child it equals `end()` of the parent.
  [[nodiscard]] const JsonNode* next() const noexcept { return this + span; }
  [[nodiscard]] const JsonNode* end() const noexcept { return this + span; }

  /// The value of a key of an object; with equal keys the last one, as in JavaScript. Null if the
  /// key is absent or this is no object.
  [[nodiscard]] const JsonNode* member(std::string_view key) const noexcept;
  /// Null if the array is shorter or this is no array.
  [[nodiscard]] const JsonNode* element(std::size_t index) const noexcept;
};

/// JSON as a flat list of values, which costs one pass and, for an ordinary event, no allocation.
/// There is no hash table in it that a hostile text could degrade. Strings are views of the parsed
/// text, which must outlive the document; only strings with escapes are copied.
class JsonDocument {
 public:
  JsonDocument() = default;
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  /// Adds the value that `text` consists of. After a fault the document is as before.
  JsonFault parse(std::string_view text);

  /// Adds values that are not parsed, for an event that comes in pieces. A key is added like a
  /// string, its value after it.
  void add_string(std::string_view text);
  void begin_object();
  void begin_array();
  void end_container();
  void add(JsonNode node) { nodes_.push_back(node); }

  void clear() noexcept;
  /// The first value. Only after something was added.
  [[nodiscard]] const JsonNode& root() const noexcept { return nodes_.front(); }

 private:
  friend class JsonHandler;
  static constexpr std::size_t kNodesInline = 96;  // 3 KiB on the stack, 3 times a usual event

  void begin_container(JsonNode::Kind kind);

  boost::container::small_vector<JsonNode, kNodesInline> nodes_;
  std::vector<std::unique_ptr<char[]>> unescaped_;  // strings that had escapes
  std::size_t open_ = 0;  // the container being filled; while open, its span names its parent
  std::size_t depth_ = 0;
};

}  // namespace rig::cloudevents
