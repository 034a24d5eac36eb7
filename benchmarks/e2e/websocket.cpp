#include "websocket.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace rig::bench {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr unsigned kLast = 0x80;
constexpr unsigned kMasked = 0x80;
constexpr std::size_t kControlBytesMax = 125;

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');
  const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes,
                                       static_cast<int>(size));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8U | static_cast<unsigned char>(byte);
  }
  return value;
}

bool is_control(WsOpcode opcode) { return opcode >= WsOpcode::kClose; }

}  // namespace

std::string ws_nonce(std::uint64_t number) {
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<unsigned char>(number >> 8U * (i % 8));
  }
  return base64(bytes.data(), bytes.size());
}

std::string ws_accept(std::string_view nonce) {
  // Looked up once: by its name alone it would be searched for at each handshake.
  static const std::unique_ptr<EVP_MD, decltype(&::EVP_MD_free)> kSha1(
      ::EVP_MD_fetch(nullptr, "SHA1", nullptr), &::EVP_MD_free);
  const std::string text = std::string(nonce).append(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (kSha1 == nullptr ||
      ::EVP_Digest(text.data(), text.size(), digest.data(), &size, kSha1.get(), nullptr) != 1) {
    throw std::runtime_error("no SHA-1 in this OpenSSL");
  }
  return base64(digest.data(), size);
}

std::string ws_server_frame(WsOpcode opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(kLast | static_cast<unsigned>(opcode)));
  const auto append = [&frame](std::uint64_t value, unsigned bytes) {
    while (bytes-- > 0) {
      frame += static_cast<char>(value >> 8U * bytes & 0xFFU);
    }
  };
  if (payload.size() < 126) {
    append(payload.size(), 1);
  } else if (payload.size() < 65536) {
    append(126, 1);
    append(payload.size(), 2);
  } else {
    append(127, 1);
    append(payload.size(), 8);
  }
  return frame.append(payload);
}

std::string ws_client_control(WsOpcode opcode, std::string_view payload, std::uint32_t mask) {
  std::string frame{static_cast<char>(kLast | static_cast<unsigned>(opcode)),
                    static_cast<char>(kMasked | payload.size())};
  const auto mask_byte = [mask](std::size_t i) {
    return static_cast<char>(mask >> 8U * (3 - i % 4) & 0xFFU);
  };
  for (std::size_t i = 0; i < 4; ++i) {
    frame += mask_byte(i);
  }
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask_byte(i));
  }
  return frame;
}

WsReader::Head WsReader::head_of(std::string_view bytes) {
  Head head;
  if (bytes.size() < 2) {
    return head;
  }
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  head.opcode = static_cast<WsOpcode>(first & 15U);
  head.is_last = (first & kLast) != 0;
  const std::size_t length_bytes = second == 126 ? 2 : second == 127 ? 8 : 0;
  // Reserved bits and a mask are for those who agreed on them, or for clients (5.1, 5.2).
  head.is_valid = (first & 0x70U) == 0 && (second & kMasked) == 0;
  if (!head.is_valid || bytes.size() < 2 + length_bytes) {
    return head;
  }
  head.bytes = 2 + length_bytes;
  head.payload_bytes = length_bytes == 0 ? second : big_endian(bytes.substr(2, length_bytes));
  const bool is_shortest =
      length_bytes == 0 || head.payload_bytes > (length_bytes == 2 ? 125 : 65535);
  const bool is_small_control = head.is_last && head.payload_bytes <= kControlBytesMax;
  head.is_valid = is_shortest && head.payload_bytes <= kMessageBytesMax &&
                  (!is_control(head.opcode) || is_small_control);
  return head;
}

WsReader::Step WsReader::next(std::string_view& in, std::string_view& payload) {
  for (;;) {
    if (std::exchange(is_joined_, false)) {
      frame_.clear();
    }
    Head head;
    std::string_view frame;
    if (!take_frame(in, head, frame)) {
      return head.is_valid ? Step::kNeedMore : Step::kMalformed;
    }
    if (const auto step = on_frame(head, frame.substr(head.bytes), payload)) {
      return *step;
    }
  }
}

bool WsReader::take_frame(std::string_view& in, Head& head, std::string_view& frame) {
  if (frame_.empty()) {
    head = head_of(in);
    if (head.bytes > 0 && head.is_valid && in.size() >= head.frame_bytes()) {
      frame = in.substr(0, head.frame_bytes());
      in.remove_prefix(frame.size());
      return true;
    }
    frame_ = in;
    in = {};
    return false;
  }
  while ((head = head_of(frame_)).bytes == 0 && head.is_valid && !in.empty()) {
    frame_ += in.front();
    in.remove_prefix(1);
  }
  if (head.bytes == 0 || !head.is_valid) {
    return false;
  }
  const std::string_view more = in.substr(0, head.frame_bytes() - frame_.size());
  frame_ += more;
  in.remove_prefix(more.size());
  is_joined_ = frame_.size() == head.frame_bytes();
  frame = frame_;
  return is_joined_;
}

std::optional<WsReader::Step> WsReader::on_frame(const Head& head, std::string_view data,
                                                 std::string_view& payload) {
  payload = data;
  switch (head.opcode) {
    case WsOpcode::kPing: return Step::kPing;
    case WsOpcode::kPong: return Step::kPong;
    case WsOpcode::kClose: return Step::kClose;
    case WsOpcode::kText:
      if (is_open_ || head.is_last) {
        return is_open_ ? Step::kMalformed : Step::kText;
      }
      message_ = data;
      is_open_ = true;
      return std::nullopt;
    case WsOpcode::kContinuation:
      if (!is_open_ || message_.size() + data.size() > kMessageBytesMax) {
        return Step::kMalformed;
      }
      message_ += data;
      payload = message_;
      is_open_ = !head.is_last;
      return is_open_ ? std::nullopt : std::optional(Step::kText);
    case WsOpcode::kBinary: break;
  }
  return Step::kMalformed;
}

}  // namespace rig::bench
