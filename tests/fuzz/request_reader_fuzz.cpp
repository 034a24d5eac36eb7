// Any bytes on a connection: no crash, and the result does not depend on how the bytes are cut.

#include "logic/request_reader.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using rig::transport::RequestReader;

struct Result {
  std::string requests;
  RequestReader::State last = RequestReader::State::kNeedMore;
};

void append(std::string& out, const rig::transport::Headers& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i)
    out.append(headers[i].name).append(headers[i].value);
}

/// `passes_on`: bodies come in pieces, with their trailers, as for the proxy.
Result read(std::string_view bytes, std::size_t step, bool passes_on) {
  RequestReader reader({.target_bytes_max = 64, .header_bytes_max = 512, .body_bytes_max = 64});
  if (passes_on) reader.pause_at_head();
  Result result;
  std::string kept;
  std::string body;
  while (!bytes.empty() && result.last != RequestReader::State::kFailed) {
    kept += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    do {
      const auto progress = reader.feed(kept);
      RIG_ASSERT(progress.consumed <= kept.size());
      kept.erase(0, progress.consumed);
      result.last = progress.state;
      if (progress.state == RequestReader::State::kHead) {
        reader.pass_on();
        continue;
      }
      if (passes_on && reader.head_is_complete()) body += reader.take_piece();
      if (progress.state != RequestReader::State::kComplete) break;
      append(result.requests, reader.trailers());
      const auto request = reader.take();
      result.requests += request.method + ' ' + request.target + ' ' + request.body + body + '\n';
      append(result.requests, request.headers);
      body.clear();
    } while (!kept.empty());
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool passes_on : {false, true}) {
    const auto whole = read(bytes, size + 1, passes_on);
    const auto cut = read(bytes, 1, passes_on);
    // How early a bad head is refused depends on the cut; what is a request may not.
    RIG_ASSERT(whole.requests == cut.requests);
    const auto refused_and_taken = [](const Result& a, const Result& b) {
      return a.last == RequestReader::State::kFailed && b.last == RequestReader::State::kComplete;
    };
    RIG_ASSERT(!refused_and_taken(whole, cut) && !refused_and_taken(cut, whole));
  }
  return 0;
}
