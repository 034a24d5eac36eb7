// Any bytes from an upstream: no crash, and what they say does not depend on how they are cut.

#include "logic/response_reader.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace rig::proxy;

struct Result {
  std::string text;  // heads and bodies
  bool is_refused = false;
};

class Connection {
 public:
  explicit Connection(bool is_head) : reader_(is_head, {512, 16}, 2) {}

  Result read(std::string_view bytes, std::size_t step) {
    while (!bytes.empty() && !result_.is_refused && !is_done_) {
      kept_ += bytes.substr(0, step);
      bytes.remove_prefix(std::min(step, bytes.size()));
      while (advance()) {
      }
    }
    return result_;
  }

 private:
  bool advance() {
    const auto consumed = has_head_ ? advance_body() : advance_head();
    RIG_ASSERT(consumed <= kept_.size());
    kept_.erase(0, consumed);
    return goes_on_ && !kept_.empty();
  }

  std::size_t advance_head() {
    const auto progress = reader_.feed(kept_);
    goes_on_ = progress.state == ResponseReader::State::kComplete;
    if (progress.state == ResponseReader::State::kFailed) return refuse(reader_.failure());
    if (!goes_on_) return progress.consumed;
    const auto head = reader_.take();
    RIG_ASSERT(head.status >= 100 && head.status <= 599);
    result_.text.append(std::to_string(head.status)).append(head.reason);
    for (std::size_t i = 0; i < head.headers.size(); ++i)
      result_.text.append(head.headers[i].name).append(head.headers[i].value);
    has_head_ = !head.is_interim();
    body_ = BodyReader(head.framing, {256, 8});
    return progress.consumed;
  }

  std::size_t advance_body() {
    const auto step = body_.next(kept_);
    goes_on_ = step.state == BodyReader::State::kPiece;
    is_done_ = step.state == BodyReader::State::kDone;
    if (step.state == BodyReader::State::kFailed) return refuse(body_.failure());
    RIG_ASSERT(goes_on_ != step.piece.empty());
    result_.text += step.piece;
    if (is_done_) {
      for (std::size_t i = 0; i < body_.trailers().size(); ++i)
        result_.text += body_.trailers()[i].name;
    }
    return step.consumed;
  }

  std::size_t refuse(BadMessage why) {
    RIG_ASSERT(!why.reason.empty());
    result_.is_refused = true;
    goes_on_ = false;
    return 0;
  }

  ResponseReader reader_;
  BodyReader body_;
  std::string kept_;
  Result result_;
  bool has_head_ = false;
  bool goes_on_ = false;
  bool is_done_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool is_head : {false, true}) {
    const auto whole = Connection(is_head).read(bytes, size + 1);
    const auto cut = Connection(is_head).read(bytes, 1);
    // What is refused late is taken up to there.
    RIG_ASSERT(whole.is_refused == cut.is_refused);
    RIG_ASSERT(whole.text == cut.text);
  }
  return 0;
}
