#include "logic/ws_reader.hpp"

#include "logic/utf8_validator.hpp"
#include "logic/ws_deflate.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace rig::transport {
namespace {

constexpr unsigned kFin = 0x80;
constexpr unsigned kRsv1 = 0x40;
constexpr unsigned kRsvOthers = 0x30;
constexpr unsigned kMasked = 0x80;
constexpr std::size_t kMessageBytesMaxMax = std::size_t{1} << 30;

bool is_control(WsOpcode opcode) { return static_cast<unsigned>(opcode) >= 0x8; }

bool is_known(WsOpcode opcode) {
  switch (opcode) {
    case WsOpcode::kContinuation:
    case WsOpcode::kText:
    case WsOpcode::kBinary:
    case WsOpcode::kClose:
    case WsOpcode::kPing:
    case WsOpcode::kPong: return true;
  }
  return false;
}

WsItem failure(WsCloseCode code, std::string_view reason) {
  return WsItem{WsItem::Kind::kFailure, code, std::string(reason)};
}

WsItem protocol_error(std::string_view reason) {
  return failure(WsCloseCode::kProtocolError, reason);
}

WsItem too_big() { return failure(WsCloseCode::kMessageTooBig, "The message is too long."); }

WsItem bad_utf8() { return failure(WsCloseCode::kInvalidPayload, "Text must be valid UTF-8."); }

/// What deflate makes, at worst, of a message that does not compress (zlib's deflateBound).
std::size_t compressed_bytes_max(std::size_t message_bytes) {
  return message_bytes + message_bytes / 8 + message_bytes / 64 + 64;
}

WsItem read_close(std::string payload) {
  if (payload.empty()) return WsItem{WsItem::Kind::kClose, WsCloseCode::kNoStatus, {}};
  if (payload.size() == 1) return protocol_error("A close code has two bytes.");
  const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                               static_cast<unsigned char>(payload[1]));
  if (!is_valid_close_code(code)) return protocol_error("This close code must not be sent.");
  payload.erase(0, 2);
  if (!is_utf8(payload)) return bad_utf8();
  return WsItem{WsItem::Kind::kClose, static_cast<WsCloseCode>(code), std::move(payload)};
}

}  // namespace

/// Exists from the first byte of a frame to the end of what it belongs to.
struct WsReader::Partial {
  // The frame.
  std::array<unsigned char, 14> head{};
  std::uint8_t head_size = 0;   // bytes of it that have come
  std::uint8_t length_end = 2;  // where in it the length ends; the mask follows
  bool is_in_payload = false;
  bool is_fin = false;
  WsOpcode opcode{};
  std::array<unsigned char, 8> mask{};  // twice, beginning with the byte for what comes next
  std::uint64_t payload_left = 0;
  std::string control;

  // The message, which other frames may interrupt.
  bool is_in_message = false;
  bool is_text = false;
  bool is_compressed = false;
  Utf8Validator utf8;
  std::string message;

  [[nodiscard]] bool has_length() const { return head_size == length_end; }
  [[nodiscard]] bool has_head() const { return head_size == length_end + 4; }

  [[nodiscard]] std::uint64_t length() const {
    if (length_end == 2) return head[1] & ~kMasked;
    std::uint64_t number = 0;
    for (std::size_t i = 2; i < length_end; ++i) number = number << 8 | head[i];
    return number;
  }

  void start_payload() {
    is_in_payload = true;
    payload_left = length();
    std::memcpy(mask.data(), &head[length_end], 4);
    std::memcpy(mask.data() + 4, &head[length_end], 4);
  }

  void start_next_frame() {
    head_size = 0;
    length_end = 2;
    is_in_payload = false;
  }

  /// The piece, unmasked, as it now stands in `to`.
  std::string_view append_unmasked(std::string& to, std::string_view piece) {
    const std::size_t start = to.size();
    to.append(piece);
    char* at = to.data() + start;
    std::size_t left = piece.size();
    std::uint64_t key = 0;
    std::memcpy(&key, mask.data(), sizeof key);
    for (; left >= sizeof key; left -= sizeof key, at += sizeof key) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word ^= key;
      std::memcpy(at, &word, sizeof word);
    }
    for (std::size_t i = 0; i < left; ++i)
      at[i] = static_cast<char>(static_cast<unsigned char>(at[i]) ^ mask[i]);
    std::rotate(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(left % 4), mask.end());
    return std::string_view(to).substr(start);
  }
};

WsReader::WsReader(std::size_t message_bytes_max, bool deflate)
    : message_bytes_max_(static_cast<std::uint32_t>(message_bytes_max)), deflate_(deflate) {
  RIG_ASSERT(message_bytes_max <= kMessageBytesMaxMax);
}
WsReader::~WsReader() = default;
WsReader::WsReader(WsReader&&) noexcept = default;
WsReader& WsReader::operator=(WsReader&&) noexcept = default;

std::optional<WsItem> WsReader::feed(std::string_view& bytes) {
  while (!bytes.empty() && !is_done_) {
    if (partial_ == nullptr) partial_ = std::make_unique<Partial>();
    auto item = partial_->is_in_payload ? read_payload(bytes) : read_head(bytes);
    if (!item) continue;
    if (item->kind == WsItem::Kind::kClose || item->kind == WsItem::Kind::kFailure) is_done_ = true;
    if (is_done_ || !partial_->is_in_message) partial_.reset();
    return item;
  }
  bytes = {};
  return std::nullopt;
}

/// Each byte is looked at as soon as it is there, so a failure does not depend on the cut.
std::optional<WsItem> WsReader::read_head(std::string_view& bytes) {
  Partial& p = *partial_;
  while (!bytes.empty()) {
    p.head[p.head_size++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (auto wrong = check_head()) return wrong;
    if (!p.has_head()) continue;
    p.start_payload();
    return p.payload_left == 0 ? end_frame() : std::nullopt;
  }
  return std::nullopt;
}

std::optional<WsItem> WsReader::check_head() {
  Partial& p = *partial_;
  if (p.head_size == 1) return check_first_byte();
  if (p.head_size == 2) {
    if (auto wrong = check_second_byte()) return wrong;
  }
  return p.has_length() ? check_length() : std::nullopt;
}

std::optional<WsItem> WsReader::check_first_byte() {
  Partial& p = *partial_;
  const unsigned byte = p.head[0];
  p.is_fin = (byte & kFin) != 0;
  p.opcode = static_cast<WsOpcode>(byte & 0xFU);
  const bool starts_message = p.opcode == WsOpcode::kText || p.opcode == WsOpcode::kBinary;

  if (!is_known(p.opcode)) return protocol_error("This opcode is reserved.");
  // RFC 7692, 6: the first frame of a message says whether the message is compressed.
  const bool may_be_compressed = deflate_ && starts_message;
  if ((byte & kRsvOthers) != 0 || ((byte & kRsv1) != 0 && !may_be_compressed))
    return protocol_error("A reserved bit is set.");
  if (is_control(p.opcode) && !p.is_fin) return protocol_error("A control frame is fragmented.");
  if (p.opcode == WsOpcode::kContinuation && !p.is_in_message)
    return protocol_error("There is no message to continue.");
  if (!starts_message) return std::nullopt;

  if (p.is_in_message) return protocol_error("A message starts within another.");
  p.is_in_message = true;
  p.is_text = p.opcode == WsOpcode::kText;
  p.is_compressed = (byte & kRsv1) != 0;
  return std::nullopt;
}

std::optional<WsItem> WsReader::check_second_byte() {
  Partial& p = *partial_;
  if ((p.head[1] & kMasked) == 0) return protocol_error("A client must mask its frames.");
  const unsigned length = p.head[1] & ~kMasked;
  if (is_control(p.opcode) && length > kWsControlBytesMax)
    return protocol_error("A control frame is too long.");
  if (length == 126) p.length_end = 4;
  if (length == 127) p.length_end = 10;
  return std::nullopt;
}

std::optional<WsItem> WsReader::check_length() {
  const Partial& p = *partial_;
  const std::uint64_t length = p.length();
  const bool is_minimal =
      p.length_end == 2 || (p.length_end == 4 ? length >= 126 : length > 0xFFFF);
  if (!is_minimal) return protocol_error("The length is not in its shortest form.");
  if (length >> 63 != 0) return protocol_error("The length has its highest bit set.");
  if (is_control(p.opcode)) return std::nullopt;
  const std::size_t bytes_max =
      p.is_compressed ? compressed_bytes_max(message_bytes_max_) : message_bytes_max_;
  if (length > bytes_max - p.message.size()) return too_big();
  return std::nullopt;
}

std::optional<WsItem> WsReader::read_payload(std::string_view& bytes) {
  Partial& p = *partial_;
  const auto piece = bytes.substr(0, std::min<std::uint64_t>(p.payload_left, bytes.size()));
  bytes.remove_prefix(piece.size());
  p.payload_left -= piece.size();
  if (is_control(p.opcode)) {
    p.append_unmasked(p.control, piece);
  } else {
    const auto plain = p.append_unmasked(p.message, piece);
    if (p.is_text && !p.is_compressed && !p.utf8.feed(plain)) return bad_utf8();
  }
  return p.payload_left == 0 ? end_frame() : std::nullopt;
}

std::optional<WsItem> WsReader::end_frame() {
  Partial& p = *partial_;
  p.start_next_frame();
  auto control = std::exchange(p.control, {});
  switch (p.opcode) {
    case WsOpcode::kPing: return WsItem{WsItem::Kind::kPing, {}, std::move(control)};
    case WsOpcode::kPong: return WsItem{WsItem::Kind::kPong, {}, std::move(control)};
    case WsOpcode::kClose: return read_close(std::move(control));
    default: return p.is_fin ? end_message() : std::nullopt;
  }
}

std::optional<WsItem> WsReader::end_message() {
  Partial& p = *partial_;
  p.is_in_message = false;
  auto message = std::move(p.message);
  if (p.is_compressed) {
    auto inflated = inflate_ws_message(message, message_bytes_max_);
    if (!inflated && inflated.error() == WsCloseCode::kMessageTooBig) return too_big();
    if (!inflated) return failure(inflated.error(), "The message could not be decompressed.");
    message = *std::move(inflated);
    if (p.is_text && !is_utf8(message)) return bad_utf8();
  } else if (p.is_text && !p.utf8.is_complete()) {
    return bad_utf8();
  }
  return WsItem{p.is_text ? WsItem::Kind::kText : WsItem::Kind::kBinary, {}, std::move(message)};
}

}  // namespace rig::transport
