#include "event_text.hpp"

#include <charconv>
#include <concepts>

namespace rig::bench {
namespace {

// Numbers are hexadecimal and of fixed width, so each field is found at a fixed place.
constexpr std::string_view kBeforeId = R"(","id":")";
constexpr std::size_t kPublisherDigits = 4;
constexpr std::size_t kKeyDigits = 8;
constexpr std::size_t kSequenceDigits = 8;
constexpr std::size_t kTimeDigits = 16;
constexpr std::size_t kRecentMax = 16384;
// So far apart are the places of the same number of two publishers among the recent texts.
constexpr std::size_t kPublisherStride = 4099;

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

EventText::EventText(std::size_t bytes, std::string_view type)
    : bytes_(bytes), before_publisher_(R"({"specversion":"1.0","type":")"), recent_(kRecentMax) {
  before_publisher_.append(type).append(R"(","source":"/bench/)");
}

void EventText::append(const EventMark& mark, std::string& out) const {
  const std::size_t start = out.size();
  out += before_publisher_;
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
  if (text.size() != bytes_) {
    return std::nullopt;
  }
  if (text == recent_[last_]) {
    return last_mark_;
  }
  const auto mark = parse(text);
  if (!mark) {
    return std::nullopt;
  }
  const std::size_t place = (mark->sequence + mark->publisher * kPublisherStride) % kRecentMax;
  std::string& recent = recent_[place];
  if (recent != text) {
    // Written again and compared: the rest is checked without a second description of it.
    recent.clear();
    append(*mark, recent);
    if (recent != text) {
      recent.clear();
      return std::nullopt;
    }
  }
  last_ = place;
  last_mark_ = *mark;
  return mark;
}

std::optional<EventMark> EventText::parse(std::string_view text) const {
  EventMark mark;
  std::uint64_t intended = 0;
  std::string_view fields = text.substr(before_publisher_.size());
  bool is_valid = take_hex(fields, kPublisherDigits, mark.publisher);
  fields.remove_prefix(kBeforeId.size());
  is_valid = take_hex(fields, kKeyDigits, mark.key) && is_valid;
  is_valid = take_hex(fields, kSequenceDigits, mark.sequence) && is_valid;
  is_valid = take_hex(fields, kTimeDigits, intended) && is_valid;
  if (!is_valid) {
    return std::nullopt;
  }
  mark.intended = Nanos{static_cast<Nanos::rep>(intended)};
  return mark;
}

}  // namespace rig::bench
