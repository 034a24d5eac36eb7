#include "logic/head_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace rig::transport {
namespace {

/// Whether it is refused, given in pieces of `step`.
bool is_refused(std::string_view bytes, std::size_t step) {
  HeadScan scan;
  for (std::size_t size = step;; size += step) {
    if (!scan.check(bytes.substr(0, size)).empty()) return true;
    if (size >= bytes.size()) return false;
  }
}

TEST(HeadScan, RefusesFoldedLinesAndBareLineFeedsHoweverTheyCome) {
  constexpr std::string_view kRefused[] = {
      "GET / HTTP/1.1\r\nhost: h\r\nx: a\r\n b\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: h\r\nx: a\r\n\tb\r\n\r\n",
      "GET / HTTP/1.1\r\n host: h\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: h\r\n \r\n\r\n",
      "GET / HTTP/1.1\nhost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: h\nx: y\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: h\r\n\n",
      "\nGET",
  };
  for (const auto bytes : kRefused) {
    for (std::size_t step = 1; step <= bytes.size(); ++step)
      EXPECT_TRUE(is_refused(bytes, step)) << bytes << step;
  }
}

TEST(HeadScan, LetsPassWhatIsRight) {
  constexpr std::string_view kTaken[] = {
      "GET / HTTP/1.1\r\nhost: h\r\nx:  a\tb \r\n\r\n",
      "GET / HTTP/1.1\r\nhost: h\r\n\r\nbody\nwith\r\n lines",
      "GET / HTTP/1.1\r\nhost: h\r\n\r\n\nnext",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: h\r",
      "",
  };
  for (const auto bytes : kTaken) {
    for (std::size_t step = 1; step <= std::max<std::size_t>(bytes.size(), 1); ++step)
      EXPECT_FALSE(is_refused(bytes, step)) << bytes << step;
  }
}

}  // namespace
}  // namespace rig::transport
