// Any bytes behind the opening of a WebSocket: no crash, what is read does not depend on how the
// bytes are cut, and it obeys RFC 6455. The first byte says whether messages may be compressed.

#include "logic/utf8_validator.hpp"
#include "logic/ws_reader.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using rig::transport::WsCloseCode;
using rig::transport::WsItem;
using rig::transport::WsReader;

constexpr std::size_t kMessageBytesMax = 300;

void check(const WsItem& item) {
  switch (item.kind) {
    case WsItem::Kind::kText: RIG_ASSERT(rig::transport::is_utf8(item.payload)); [[fallthrough]];
    case WsItem::Kind::kBinary: RIG_ASSERT(item.payload.size() <= kMessageBytesMax); break;
    case WsItem::Kind::kPing:
    case WsItem::Kind::kPong:
      RIG_ASSERT(item.payload.size() <= rig::transport::kWsControlBytesMax);
      break;
    case WsItem::Kind::kClose:
      RIG_ASSERT(rig::transport::is_utf8(item.payload));
      RIG_ASSERT(item.code == WsCloseCode::kNoStatus ||
                 rig::transport::is_valid_close_code(static_cast<std::uint16_t>(item.code)));
      break;
    case WsItem::Kind::kFailure:
      RIG_ASSERT(item.code == WsCloseCode::kProtocolError ||
                 item.code == WsCloseCode::kInvalidPayload ||
                 item.code == WsCloseCode::kMessageTooBig);
      break;
  }
}

std::string read(std::string_view bytes, bool deflate, std::size_t step) {
  WsReader reader(kMessageBytesMax, deflate);
  std::string items;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    while (const auto item = reader.feed(piece)) {
      check(*item);
      items += static_cast<char>('0' + static_cast<int>(item->kind));
      items += std::to_string(static_cast<int>(item->code)) + ' ' + item->payload + '\n';
      const bool is_last =
          item->kind == WsItem::Kind::kClose || item->kind == WsItem::Kind::kFailure;
      RIG_ASSERT(reader.is_done() == is_last);
      if (!is_last) continue;
      // Nothing comes behind it, and nothing is held.
      RIG_ASSERT(reader.is_idle() && !reader.feed(piece) && piece.empty());
      RIG_ASSERT(!reader.feed(bytes) && bytes.empty());
    }
    RIG_ASSERT(piece.empty());
  }
  return items;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool deflate = (data[0] & 1) != 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, deflate, size);
  RIG_ASSERT(whole == read(bytes, deflate, 1));
  RIG_ASSERT(whole == read(bytes, deflate, 1 + data[0] / 2));
  return 0;
}
