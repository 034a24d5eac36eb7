// Requests that two readers could understand differently. The same bytes go to the gateway and to
// nginx, with another request behind them, and what the backend got is read in all the ways that
// servers are known to read: each must see the same requests, and none that was not answered.
// services/rig/docs/smuggling.md shows the table.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/nginx.hpp"
#include "testkit/recording_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {
namespace {

using namespace std::string_literals;

constexpr Reading kReadings[] = {
    {},
    {.name = "a length counts more than chunks", .prefers_length = true},
    {.name = "lines end at LF", .ends_lines_at_lf = true},
    {.name = "leniently", .is_lenient = true},
    {.name = "as one that does all of that",
     .prefers_length = true,
     .ends_lines_at_lf = true,
     .is_lenient = true},
};

struct Row {
  const char* name;
  const char* ours;   ///< the statuses that the gateway answers with
  const char* nginx;  ///< those of nginx 1.22
  std::string bytes;  ///< `/x` stands for a target with the name of the row
};

/// A request with these header lines and, behind the empty line, this body.
std::string post(std::string_view lines, std::string_view body = "") {
  return std::string("POST /x HTTP/1.1\r\nhost: h\r\n").append(lines).append("\r\n").append(body);
}

std::string chunked(std::string_view chunks) {
  return post("transfer-encoding: chunked\r\n", chunks);
}

const std::vector<Row> kRows{
    {"LengthAndChunks", "400", "400",
     post("content-length: 5\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")},
    {"ChunksAndLength", "400", "400",
     post("transfer-encoding: chunked\r\ncontent-length: 5\r\n", "0\r\n\r\n")},
    {"TwoLengths", "400", "400", post("content-length: 1\r\ncontent-length: 2\r\n", "ab")},
    {"SameLengthTwice", "200 200", "400", post("content-length: 2\r\ncontent-length: 2\r\n", "ab")},
    {"ListOfLengths", "400", "400", post("content-length: 1, 2\r\n", "ab")},
    {"LengthWithSign", "400", "400", post("content-length: +2\r\n", "ab")},
    {"NegativeLength", "400", "400", post("content-length: -2\r\n")},
    {"HexadecimalLength", "400", "400", post("content-length: 0x2\r\n", "ab")},
    {"LengthOverflows", "400", "400", post("content-length: 18446744073709551618\r\n", "ab")},
    {"LengthWithSpaceInside", "400", "400", post("content-length: 1 2\r\n", "ab")},
    {"SpaceBeforeColonOfLength", "400", "400", post("content-length : 2\r\n", "ab")},
    {"SpaceBeforeColonOfChunks", "400", "400",
     post("transfer-encoding : chunked\r\n", "0\r\n\r\n")},
    {"LengthWithUnderscore", "200 200", "200 200", post("content_length: 70\r\n")},
    {"ChunksWithUnderscore", "200 200", "200 200", post("transfer_encoding: chunked\r\n")},
    {"ChunksInUpperCase", "200 200", "200 200",
     post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n")},
    {"ChunksAndMore", "400", "501", post("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n")},
    {"AlmostChunked", "400", "501", post("transfer-encoding: xchunked\r\n", "0\r\n\r\n")},
    {"ChunkedInQuotes", "400", "501", post("transfer-encoding: \"chunked\"\r\n", "0\r\n\r\n")},
    {"ChunkedTwice", "400", "400",
     post("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")},
    {"ChunkedBehindIdentity", "400", "400",
     post("transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")},
    {"ChunkedBehindVerticalTab", "400", "501",
     post("transfer-encoding: \x0b"
          "chunked\r\n",
          "0\r\n\r\n")},
    {"ChunkedOfHttp10", "400", "400",
     "POST /x HTTP/1.0\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"LengthNamedByConnection", "200 200", "200 200",
     post("connection: content-length\r\ncontent-length: 2\r\n", "ab")},
    {"ChunksNamedByConnection", "200 200", "200 200",
     post("connection: transfer-encoding\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")},
    {"FoldedHeader", "400", "400", post("x: a\r\n b: c\r\ncontent-length: 0\r\n")},
    {"FoldedChunks", "400", "400", post("transfer-encoding:\r\n chunked\r\n", "0\r\n\r\n")},
    {"FoldedFirstHeader", "400", "400", "GET /x HTTP/1.1\r\n x: a\r\nhost: h\r\n\r\n"},
    {"BareLineFeedInHeader", "400", "200 200", post("x: a\ny: b\r\ncontent-length: 0\r\n")},
    {"BareLineFeeds", "400", "200 200", "POST /x HTTP/1.1\nhost: h\ncontent-length: 0\n\n"},
    {"EndOfHeadByLineFeed", "400", "200 200",
     "POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\n"},
    {"BareCarriageReturn", "400", "400", post("x: a\rb: c\r\ncontent-length: 0\r\n")},
    {"NulInValue", "400", "400", post("x: a\0b\r\ncontent-length: 0\r\n"s)},
    {"ControlInValue", "400", "200 200",
     post("x: a\x01"
          "b\r\ncontent-length: 0\r\n")},
    {"SpaceInName", "400", "400", post("x y: a\r\ncontent-length: 0\r\n")},
    {"NoColon", "400", "200 200", post("nonsense\r\ncontent-length: 0\r\n")},
    {"EmptyName", "400", "400", post(": a\r\ncontent-length: 0\r\n")},
    {"TwoHosts", "400", "400", post("host: other\r\ncontent-length: 0\r\n")},
    {"NoHost", "400", "400", "GET /x HTTP/1.1\r\n\r\n"},
    {"SpaceInTarget", "400", "400", "GET /x y HTTP/1.1\r\nhost: h\r\n\r\n"},
    {"ControlInTarget", "400", "400", "GET /x\x01 HTTP/1.1\r\nhost: h\r\n\r\n"},
    {"TwoSpacesBeforeVersion", "400", "200 200", "GET /x  HTTP/1.1\r\nhost: h\r\n\r\n"},
    {"NoVersion", "400", "none", "GET /x\r\n"},
    {"BodyOfGet", "200 200", "200 200",
     "GET /x HTTP/1.1\r\nhost: h\r\ncontent-length: 28\r\n\r\nGET /x HTTP/1.1\r\nhost: h\r\n\r\n"},
    {"ChunkSizeWithSign", "400", "400", chunked("+2\r\nab\r\n0\r\n\r\n")},
    {"ChunkSizeWithPrefix", "400", "400", chunked("0x2\r\nab\r\n0\r\n\r\n")},
    {"ChunkSizeOverflows", "400", "400", chunked("10000000000000002\r\nab\r\n0\r\n\r\n")},
    {"ChunkSizeEndsByLineFeed", "400", "200 200", chunked("2\nab\r\n0\r\n\r\n")},
    {"ChunkIsLongerThanItSays", "400", "400", chunked("2\r\nabcd\r\n0\r\n\r\n")},
    {"ChunkWithoutEnd", "400", "400", chunked("2\r\nab0\r\n\r\n")},
    {"LineFeedInExtension", "400", "none", chunked("2;a\nb\r\nab\r\n0\r\n\r\n")},
    {"ExtensionIsDropped", "200 200", "200 200", chunked("2;a=b\r\nab\r\n0\r\n\r\n")},
    {"LengthAsTrailer", "400", "200 200", chunked("2\r\nab\r\n0\r\ncontent-length: 70\r\n\r\n")},
    {"UpgradeToH2c", "200 200", "200 200",
     post("connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
          "content-length: 0\r\n")},
};

std::string with_name(std::string bytes, const std::string& name) {
  const auto at = bytes.find("/x");
  return bytes.replace(at, 2, "/" + name);
}

/// The statuses of all answers on one connection, to a row and to the request hidden behind it.
std::string answers_to(std::uint16_t port, const Row& row) {
  RawSocket client(port);
  (void)client.try_send(with_name(row.bytes, row.name) + "GET /hidden-" + row.name +
                        " HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  std::string statuses;
  try {
    while (true) {
      const auto status = std::to_string(read_reply(client).status);
      statuses += (statuses.empty() ? "" : " ") + status;
    }
  } catch (const Closed&) {
    return statuses.empty() ? "none" : statuses;
  }
}

/// Whatever way a server reads what came to it, it sees what the front sent.
void expect_no_doubt(const std::vector<std::string>& streams,
                     const std::map<std::string, std::string>& answers) {
  for (const auto& stream : streams) {
    const auto meant = requests_in(stream, Reading{});
    for (const auto& reading : kReadings)
      EXPECT_EQ(requests_in(stream, reading), meant) << "read " << reading.name;
    for (const auto& line : meant) {
      const auto from = line.find('/') + 1;
      auto name = line.substr(from, line.find(' ', from) - from);
      const bool is_hidden = name.starts_with("hidden-");
      if (is_hidden) name = name.substr(7);
      const auto answered = answers.find(name);
      ASSERT_NE(answered, answers.end()) << "nobody sent: " << line;
      // One answer is that to the row itself.
      EXPECT_TRUE(!is_hidden || answered->second.find(' ') != std::string::npos)
          << "nobody was answered: " << line;
    }
  }
}

TEST(ProxySmuggling, FrontAndBackAgree) {
  RecordingBackend backend;
  std::map<std::string, std::string> answers;
  {
    const Gateway gateway(proxying(
        api_definition("a", backend.port(),
                       endpoint("get", "GET", "/.*") + "," + endpoint("post", "POST", "/.*")),
        {{"RIG_REQUEST_HEADER_TIMEOUT", "1s"}, {"RIG_REQUEST_BODY_TIMEOUT", "1s"}}));
    for (const auto& row : kRows) {
      answers[row.name] = answers_to(gateway.inbound(), row);
      EXPECT_EQ(answers[row.name], row.ours) << row.name;
    }
  }
  expect_no_doubt(backend.finish(), answers);
}

// The same for nginx: the other column of the table.
TEST(ProxySmuggling, NginxBesideIt) {
  RecordingBackend backend;
  std::map<std::string, std::string> answers;
  {
    const Nginx nginx(
        "client_header_timeout 1s; client_body_timeout 1s;\n"
        "location / { proxy_http_version 1.1; proxy_request_buffering off;\n"
        "  proxy_pass http://127.0.0.1:" +
        std::to_string(backend.port()) + "; }");
    for (const auto& row : kRows) {
      answers[row.name] = answers_to(nginx.port(), row);
      EXPECT_EQ(answers[row.name], row.nginx) << row.name;
    }
  }
  expect_no_doubt(backend.finish(), answers);
}

// What the two tests above would find, had it been handed on.
TEST(ProxySmuggling, ReadingsFindWhatIsHidden) {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nhost: h\r\n\r\n";
  for (const auto& bytes : {
           post("transfer-encoding: chunked\r\ncontent-length: 38\r\n", "0\r\n\r\n" + hidden),
           post("content_length: 33\r\n", hidden),
           post("transfer-encoding : chunked\r\ncontent-length: 38\r\n", "0\r\n\r\n" + hidden),
           post("x: a\ncontent-length: 33\r\n", hidden),
       }) {
    const auto meant = requests_in(bytes, Reading{});
    EXPECT_TRUE(std::ranges::any_of(kReadings, [&](const Reading& reading) {
      return requests_in(bytes, reading) != meant;
    })) << bytes;
  }
}

}  // namespace
}  // namespace testkit
