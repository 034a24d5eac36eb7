#include "logic/body_reader.hpp"

#include "logic/http_text.hpp"

#include <algorithm>
#include <array>

namespace rig::proxy {
namespace {

constexpr std::size_t kSizeLineMax = 256;   // digits and extensions
constexpr std::size_t kSizeDigitsMax = 16;  // of 64 bits
constexpr std::uint64_t kChunkMax = std::uint64_t{1} << 62U;

}  // namespace

BodyReader::BodyReader(Framing framing, FieldLimits trailers)
    : framing_(framing), trailer_reader_(trailers) {
  switch (framing.kind) {
    case Framing::Kind::kNone: break;
    case Framing::Kind::kLength:
      left_ = framing.length;
      if (left_ > 0) phase_ = Phase::kData;
      break;
    case Framing::Kind::kChunked: phase_ = Phase::kChunkSize; break;
    case Framing::Kind::kUntilClose:
    case Framing::Kind::kUpgraded:
      left_ = UINT64_MAX;
      phase_ = Phase::kData;
      break;
  }
}

BodyReader::Step BodyReader::next(std::string_view bytes) {
  std::size_t consumed = 0;
  while (true) {
    auto step = advance(bytes.substr(consumed));
    consumed += step.consumed;
    const bool goes_on = step.state == State::kNeedMore && step.consumed > 0;
    if (goes_on) continue;
    step.consumed = consumed;
    return step;
  }
}

BodyReader::Step BodyReader::advance(std::string_view bytes) {
  switch (phase_) {
    case Phase::kDone: return Step{State::kDone};
    case Phase::kFailed: return Step{State::kFailed};
    case Phase::kData: return data(bytes);
    case Phase::kTrailers: {
      const auto progress = trailer_reader_.feed(bytes);
      if (progress.state == FieldReader::State::kFailed)
        return fail(trailer_reader_.failure().reason);
      if (progress.state == FieldReader::State::kNeedMore)
        return Step{State::kNeedMore, progress.consumed};
      keep_trailers();
      phase_ = Phase::kDone;
      return Step{State::kDone, progress.consumed};
    }
    case Phase::kChunkSize:
    case Phase::kChunkEnd: break;
  }
  const bool is_size = phase_ == Phase::kChunkSize;
  const auto step = lines_.next(bytes, is_size ? kSizeLineMax : 0);
  if (step.state == LineReader::State::kNeedMore) return Step{State::kNeedMore};
  if (step.state != LineReader::State::kLine)
    return fail(is_size ? "A chunk has no valid size." : "A chunk does not end where it should.");
  if (!is_size) {
    phase_ = Phase::kChunkSize;
  } else if (!take_size(step.line)) {
    return fail("A chunk has no valid size.");
  }
  return Step{State::kNeedMore, step.consumed};
}

BodyReader::Step BodyReader::data(std::string_view bytes) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (size == 0) return Step{State::kNeedMore};
  size_ += size;
  if (framing_.kind == Framing::Kind::kLength || framing_.kind == Framing::Kind::kChunked) {
    left_ -= size;
    if (left_ == 0)
      phase_ = framing_.kind == Framing::Kind::kLength ? Phase::kDone : Phase::kChunkEnd;
  }
  return Step{State::kPiece, size, bytes.substr(0, size)};
}

bool BodyReader::take_size(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  while (digits < line.size() && hex_value(line[digits]) >= 0) {
    if (digits == kSizeDigitsMax) return false;
    size = (size << 4U) | static_cast<std::uint64_t>(hex_value(line[digits]));
    ++digits;
  }
  if (digits == 0 || size > kChunkMax) return false;
  const auto extensions = line.substr(digits);
  // Blanks are only allowed before an extension (RFC 9112, 7.1.1).
  if (!extensions.empty() && !trim(extensions).starts_with(';')) return false;
  if (!std::ranges::all_of(extensions, is_value_char)) return false;
  left_ = size;
  phase_ = size == 0 ? Phase::kTrailers : Phase::kData;
  return true;
}

void BodyReader::keep_trailers() {
  const auto& read = trailer_reader_.fields();
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!is_forbidden_trailer(read[i].name)) trailers_.add(read[i].name, read[i].value);
  }
}

BodyReader::Step BodyReader::fail(std::string_view reason) {
  failure_ = BadMessage{reason};
  phase_ = Phase::kFailed;
  return Step{State::kFailed};
}

void BodyReader::give_back(std::size_t bytes) noexcept {
  left_ += bytes;
  size_ -= bytes;
  phase_ = Phase::kData;
}

bool BodyReader::ends_at_close() const noexcept {
  return phase_ == Phase::kDone ||
         (phase_ == Phase::kData && (framing_.kind == Framing::Kind::kUntilClose ||
                                     framing_.kind == Framing::Kind::kUpgraded));
}

bool is_forbidden_trailer(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 28> kNames = {"age",
                                                       "authorization",
                                                       "cache-control",
                                                       "connection",
                                                       "content-encoding",
                                                       "content-length",
                                                       "content-range",
                                                       "content-type",
                                                       "cookie",
                                                       "date",
                                                       "expect",
                                                       "expires",
                                                       "forwarded",
                                                       "host",
                                                       "keep-alive",
                                                       "location",
                                                       "max-forwards",
                                                       "pragma",
                                                       "proxy-authenticate",
                                                       "proxy-authorization",
                                                       "proxy-connection",
                                                       "range",
                                                       "retry-after",
                                                       "set-cookie",
                                                       "te",
                                                       "trailer",
                                                       "transfer-encoding",
                                                       "upgrade"};
  return std::ranges::any_of(kNames, [&](std::string_view other) { return iequals(name, other); });
}

}  // namespace rig::proxy
