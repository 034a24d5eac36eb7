#include "logic/ws_deflate.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <utility>

namespace rig::transport {
namespace {

/// RFC 7692, 7.1.2: 8 to 15, without leading zeros. Nothing if it is anything else.
std::optional<int> window_bits(std::string_view text) {
  if (text == "8" || text == "9") return text[0] - '0';
  if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5')
    return 10 + (text[1] - '0');
  return std::nullopt;
}

/// One offer of permessage-deflate.
class Offer {
 public:
  void add(std::string_view name, const std::optional<std::string>& value) {
    if (equals_ignoring_case(name, "server_no_context_takeover")) {
      note(server_no_takeover_, !value);
    } else if (equals_ignoring_case(name, "client_no_context_takeover")) {
      note(client_no_takeover_, !value);
    } else if (equals_ignoring_case(name, "server_max_window_bits")) {
      note(server_window_, value && window_bits(*value) == 15);
    } else if (equals_ignoring_case(name, "client_max_window_bits")) {
      // Its window may be as large as it likes: ours is the largest.
      note(client_window_, !value || window_bits(*value));
    } else {
      is_acceptable_ = false;
    }
  }

  [[nodiscard]] std::optional<std::string> answer() const {
    if (!is_acceptable_) return std::nullopt;
    std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    if (server_window_) text += "; server_max_window_bits=15";
    return text;
  }

 private:
  /// A parameter may come once.
  void note(bool& has_come, bool is_acceptable) {
    if (!is_acceptable || std::exchange(has_come, true)) is_acceptable_ = false;
  }

  bool is_acceptable_ = true;
  bool server_no_takeover_ = false;
  bool client_no_takeover_ = false;
  bool server_window_ = false;
  bool client_window_ = false;
};

/// Reads the grammar of RFC 6455, 9.1.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) { skip_spaces(); }

  [[nodiscard]] bool is_at_end() const { return text_.empty(); }

  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    skip_spaces();
    return true;
  }

  /// Empty if there is none.
  std::string_view token() {
    std::size_t size = 0;
    while (size < text_.size() && is_token_char(text_[size])) ++size;
    const auto token = text_.substr(0, size);
    text_.remove_prefix(size);
    skip_spaces();
    return token;
  }

  /// A token, which may stand in quotes; empty if there is none.
  std::string value() {
    if (!text_.starts_with('"')) return std::string(token());
    text_.remove_prefix(1);
    std::string unquoted;
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\') text_.remove_prefix(1);
      if (text_.empty() || !is_token_char(text_.front())) return {};
      unquoted += text_.front();
      text_.remove_prefix(1);
    }
    return take('"') ? unquoted : std::string();
  }

 private:
  void skip_spaces() {
    while (text_.starts_with(' ') || text_.starts_with('\t')) text_.remove_prefix(1);
  }

  std::string_view text_;
};

/// The parameters behind an extension's name; false if they are malformed.
bool read_parameters(Scanner& scanner, Offer& offer) {
  while (scanner.take(';')) {
    const auto name = scanner.token();
    if (name.empty()) return false;
    std::optional<std::string> value;
    if (scanner.take('=')) {
      value = scanner.value();
      if (value->empty()) return false;
    }
    offer.add(name, value);
  }
  return true;
}

}  // namespace

std::optional<std::string> negotiate_ws_deflate(std::string_view offers) {
  Scanner scanner(offers);
  std::optional<std::string> answer;
  do {
    const auto name = scanner.token();
    Offer offer;
    if (name.empty() || !read_parameters(scanner, offer)) return std::nullopt;
    if (!answer && equals_ignoring_case(name, "permessage-deflate")) answer = offer.answer();
  } while (scanner.take(','));
  return scanner.is_at_end() ? answer : std::nullopt;
}

}  // namespace rig::transport
