// Any header lines, an empty line, any bytes: the framing has one meaning or none, and the body
// does not depend on how the bytes are cut.

#include "logic/body_reader.hpp"
#include "logic/framing.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace rig::proxy;

struct Result {
  std::string body;
  std::size_t consumed = 0;
  BodyReader::State last = BodyReader::State::kNeedMore;
};

Result read(Framing framing, std::string_view bytes, std::size_t step) {
  BodyReader reader(framing, {256, 8});
  Result result;
  std::string kept;
  while (true) {
    const auto next = reader.next(kept);
    RIG_ASSERT(next.consumed <= kept.size());
    result.body += next.piece;  // a view into what is erased now
    kept.erase(0, next.consumed);
    result.consumed += next.consumed;
    result.last = next.state;
    if (next.state == BodyReader::State::kPiece) continue;
    if (next.state != BodyReader::State::kNeedMore || bytes.empty()) break;
    kept += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  RIG_ASSERT(reader.size() == result.body.size());
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  FieldReader head({512, 16});
  const auto progress = head.feed(bytes);
  if (progress.state != FieldReader::State::kComplete) return 0;
  const auto framing = request_framing(head.fields(), 11);
  if (!framing) return 0;

  const auto body = bytes.substr(progress.consumed);
  const auto whole = read(*framing, body, size + 1);
  const auto cut = read(*framing, body, 1);
  RIG_ASSERT(whole.last == cut.last && whole.body == cut.body);
  if (whole.last == BodyReader::State::kDone) {
    RIG_ASSERT(whole.consumed == cut.consumed);
    if (framing->kind == Framing::Kind::kLength) RIG_ASSERT(whole.body.size() == framing->length);
  }
  return 0;
}
