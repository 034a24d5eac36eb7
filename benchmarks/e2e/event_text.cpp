#include "event_text.hpp"

#include <charconv>
#include <concepts>

namespace rig::bench {
namespace {

// Numbers are hexadecimal and of fixed width, so each field is found at a fixed place.
constexpr std::string_view kBeforePublisher =
    R"({"specversion":"1.0","type":"bench","source":"/bench/)";
constexpr std::string_view kBeforeId = R"(","id":")";
constexpr std::size_t kPublisherDigits = 4;
constexpr std::size_t kKeyDigits = 8;
constexpr std::size_t kSequenceDigits = 8;
constexpr std::size_t kTimeDigits = 16;

template <std::unsigned_integral Number>
void append_hex(std::string& out, Number value, std::size_t digits) {
  for (std::size_t left = digits; left-- > 0;) {
    out += "0123456789abcdef"[(value >> (4 * left)) & 15U];
  }
}

template <std::unsigned_integral Number>
bool take_hex(std::string_view& text, std::size_t digits, Number& value) {
  const std::string_view field = text.substr(0, digits);
  text.remove_prefix(digits);
  const auto parsed = std::from_chars(field.data(), field.data() + field.size(), value, 16);
  return parsed.ec == std::errc{} && parsed.ptr == field.data() + field.size();
}

}  // namespace

void EventText::append(const EventMark& mark, std::string& out) const {
  const std::size_t start = out.size();
  out += kBeforePublisher;
  append_hex(out, mark.publisher, kPublisherDigits);
  out += kBeforeId;
  append_hex(out, mark.key, kKeyDigits);
  append_hex(out, mark.sequence, kSequenceDigits);
  append_hex(out, static_cast<std::uint64_t>(mark.intended.count()), kTimeDigits);
  out += R"(","data":{"k":")";
  out += std::to_string(mark.key);
  out += R"(","p":")";
  constexpr std::string_view kEnd = R"("}})";
  out.append(bytes_ - (out.size() - start) - kEnd.size(), 'x');
  out += kEnd;
}

std::optional<EventMark> EventText::read(std::string_view text) {
  if (text == last_text_ && !text.empty()) {
    return last_mark_;
  }
  if (text.size() != bytes_) {
    return std::nullopt;
  }
  EventMark mark;
  std::uint64_t intended = 0;
  std::string_view fields = text.substr(kBeforePublisher.size());
  bool is_valid = take_hex(fields, kPublisherDigits, mark.publisher);
  fields.remove_prefix(kBeforeId.size());
  is_valid = take_hex(fields, kKeyDigits, mark.key) && is_valid;
  is_valid = take_hex(fields, kSequenceDigits, mark.sequence) && is_valid;
  is_valid = take_hex(fields, kTimeDigits, intended) && is_valid;
  if (!is_valid) {
    return std::nullopt;
  }
  mark.intended = Nanos{static_cast<Nanos::rep>(intended)};
  // Written again and compared: the rest of the text is checked without a second description of it.
  last_text_.clear();
  append(mark, last_text_);
  if (last_text_ != text) {
    last_text_.clear();
    return std::nullopt;
  }
  last_mark_ = mark;
  return mark;
}

}  // namespace rig::bench
