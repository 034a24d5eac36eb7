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

Result read(std::string_view bytes, std::size_t step) {
  RequestReader reader({.target_bytes_max = 64, .header_bytes_max = 512, .body_bytes_max = 64});
  Result result;
  std::string kept;
  while (!bytes.empty() && result.last != RequestReader::State::kFailed) {
    kept += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    do {
      const auto progress = reader.feed(kept);
      RIG_ASSERT(progress.consumed <= kept.size());
      kept.erase(0, progress.consumed);
      result.last = progress.state;
      if (progress.state != RequestReader::State::kComplete) break;
      const auto request = reader.take();
      result.requests += request.method + ' ' + request.target + ' ' + request.body + '\n';
      for (std::size_t i = 0; i < request.headers.size(); ++i)
        result.requests.append(request.headers[i].name).append(request.headers[i].value);
    } while (!kept.empty());
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, size + 1);
  const auto cut = read(bytes, 1);
  // How early a bad head is refused depends on the cut; what is a request may not.
  RIG_ASSERT(whole.requests == cut.requests);
  const auto refused_and_taken = [](const Result& a, const Result& b) {
    return a.last == RequestReader::State::kFailed && b.last == RequestReader::State::kComplete;
  };
  RIG_ASSERT(!refused_and_taken(whole, cut) && !refused_and_taken(cut, whole));
  return 0;
}
