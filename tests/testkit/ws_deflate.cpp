// permessage-deflate of one message, without any code of the gateway.
#include "ws_frame.hpp"

#include <zlib.h>

#include <memory>

namespace testkit {
namespace {

// What a compressor that flushes adds, and what permessage-deflate leaves out (RFC 7692, 7.2.1).
constexpr std::string_view kFlushTail{"\0\0\xFF\xFF", 4};

// zlib takes its input through a pointer to bytes that it does not change.
Bytef* input_of(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

// Runs `step` until it has taken all input and fills no more whole buffers.
template <class Step>
std::string run(z_stream& stream, std::string_view input, Step step) {
  std::string output;
  std::array<char, 16384> piece;
  stream.next_in = input_of(input);
  stream.avail_in = static_cast<uInt>(input.size());
  do {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    const int result = step(stream);
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) {
      throw Failure("zlib answers " + std::to_string(result));
    }
    output.append(piece.data(), piece.size() - stream.avail_out);
    if (result == Z_STREAM_END) break;
  } while (stream.avail_out == 0 || stream.avail_in > 0);
  return output;
}

}  // namespace

std::string deflate_message(std::string_view message, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Failure("zlib cannot compress");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  auto payload = run(stream, message, [](z_stream& s) { return deflate(&s, Z_SYNC_FLUSH); });
  payload.resize(payload.size() - kFlushTail.size());
  return payload;
}

std::string inflate_message(std::string_view payload, int window_bits) {
  z_stream stream{};
  if (inflateInit2(&stream, -window_bits) != Z_OK) throw Failure("zlib cannot inflate");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  const auto input = std::string(payload).append(kFlushTail);
  return run(stream, input, [](z_stream& s) { return inflate(&s, Z_SYNC_FLUSH); });
}

}  // namespace testkit
