#include "logic/ws_deflate.hpp"

#include <rig/core/assert.hpp>

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>

namespace rig::transport {
namespace {

constexpr std::size_t kBytesMaxMax = std::size_t{1} << 30;
constexpr int kRawDeflate = -15;  // the whole window; negative: without zlib's head and checksum
/// What ends a flushed message, and is left out of it (RFC 7692, 7.2.1).
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

/// Lets zlib write behind what `out` holds, into `bytes` more.
void give_room(z_stream& stream, std::string& out, std::size_t bytes) {
  const std::size_t filled = out.size();
  out.resize(filled + bytes);
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
  stream.avail_out = static_cast<uInt>(bytes);
}

}  // namespace

struct WsDeflater::Stream {
  z_stream z{};
  Stream() {
    RIG_ASSERT(deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Stream() { deflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

WsDeflater::WsDeflater() : stream_(std::make_unique<Stream>()) {}
WsDeflater::~WsDeflater() = default;
WsDeflater::WsDeflater(WsDeflater&&) noexcept = default;
WsDeflater& WsDeflater::operator=(WsDeflater&&) noexcept = default;

std::string WsDeflater::compress(std::string_view message) {
  RIG_ASSERT(message.size() <= kBytesMaxMax);
  z_stream& z = stream_->z;
  RIG_ASSERT(deflateReset(&z) == Z_OK);
  z.next_in = bytes_of(message);
  z.avail_in = static_cast<uInt>(message.size());
  std::string out;
  // deflateBound is for a stream that is finished; the tail of a flush can be a little longer.
  give_room(z, out, deflateBound(&z, z.avail_in) + 16);
  RIG_ASSERT(deflate(&z, Z_SYNC_FLUSH) == Z_OK && z.avail_out > 0);
  out.resize(out.size() - z.avail_out);
  RIG_ASSERT(std::string_view(out).ends_with(kTail));
  out.resize(out.size() - kTail.size());
  return out;
}

namespace {

class Inflation {
 public:
  explicit Inflation(std::size_t bytes_max) : bytes_max_(bytes_max) {
    RIG_ASSERT(inflateInit2(&z_, kRawDeflate) == Z_OK);
  }
  ~Inflation() { inflateEnd(&z_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  /// Nothing, or why it cannot go on.
  std::optional<WsCloseCode> feed(std::string_view compressed) {
    z_.next_in = bytes_of(compressed);
    z_.avail_in = static_cast<uInt>(compressed.size());
    while (true) {
      // One byte more than is allowed shows that there is too much.
      if (z_.avail_out == 0) give_room(z_, out_, room(compressed.size()));
      if (is_at_end_ && z_.avail_in > 0) restart();
      const int result = inflate(&z_, Z_SYNC_FLUSH);
      if (out_.size() - z_.avail_out > bytes_max_) return WsCloseCode::kMessageTooBig;
      is_at_end_ = result == Z_STREAM_END;
      if (result != Z_OK && result != Z_BUF_ERROR && !is_at_end_)
        return WsCloseCode::kInvalidPayload;
      if (z_.avail_in == 0 && z_.avail_out > 0) return std::nullopt;
    }
  }

  /// The last block that was announced has come completely.
  [[nodiscard]] bool is_complete() const {
    constexpr int kBehindBlock = 128;  // see inflate() in zlib.h
    return is_at_end_ || (z_.data_type & kBehindBlock) != 0;
  }
  [[nodiscard]] bool is_at_end() const { return is_at_end_; }

  std::string take() {
    out_.resize(out_.size() - z_.avail_out);
    return std::move(out_);
  }

 private:
  /// Doubles what there is, so the work stays in proportion to what comes out.
  [[nodiscard]] std::size_t room(std::size_t compressed_bytes) const {
    const std::size_t wanted = std::max(out_.size(), 4 * compressed_bytes + 64);
    return std::min(wanted, bytes_max_ + 1 - out_.size());
  }

  /// A client may end a deflate stream within a message (RFC 7692, 7.2.3.4).
  void restart() {
    is_at_end_ = false;
    RIG_ASSERT(inflateReset(&z_) == Z_OK);
  }

  std::size_t bytes_max_;
  bool is_at_end_ = false;
  z_stream z_{};
  std::string out_;
};

}  // namespace

boost::system::result<std::string, WsCloseCode> inflate_ws_message(std::string_view compressed,
                                                                   std::size_t bytes_max) {
  RIG_ASSERT(bytes_max <= kBytesMaxMax && compressed.size() <= 2 * kBytesMaxMax);
  // Not what deflate makes of an empty message, but nothing else can be meant.
  if (compressed.empty()) return std::string();
  Inflation inflation(bytes_max);
  if (const auto problem = inflation.feed(compressed)) return *problem;
  if (!inflation.is_at_end()) {
    if (const auto problem = inflation.feed(kTail)) return *problem;
  }
  if (!inflation.is_complete()) return WsCloseCode::kInvalidPayload;
  return inflation.take();
}

}  // namespace rig::transport
