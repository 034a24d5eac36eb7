#include "logic/quote.hpp"

#include "logic/utf8.hpp"

#include <rig/cloudevents/codec.hpp>

#include <cstddef>

namespace rig::cloudevents {
namespace {

bool is_plain(char c) noexcept { return c >= ' ' && c != '"' && c != '\\'; }

void append_escaped(std::string& json, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': json += "\\\""; return;
    case '\\': json += "\\\\"; return;
    case '\b': json += "\\b"; return;
    case '\f': json += "\\f"; return;
    case '\n': json += "\\n"; return;
    case '\r': json += "\\r"; return;
    case '\t': json += "\\t"; return;
    default: break;
  }
  json += "\\u00";
  json += kHex[static_cast<unsigned char>(c) >> 4U];
  json += kHex[static_cast<unsigned char>(c) & 15U];
}

}  // namespace

void append_quoted(std::string& json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    json.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_escaped(json, text[0]);
      text.remove_prefix(1);
    } else if (const std::size_t length = utf8_sequence_length(text); length != 0) {
      json.append(text.substr(0, length));
      text.remove_prefix(length);
    } else {
      json += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    }
  }
  json += '"';
}

std::string quote_json(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  append_quoted(json, text);
  return json;
}

}  // namespace rig::cloudevents
