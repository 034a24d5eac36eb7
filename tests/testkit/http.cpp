#include "http.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace testkit {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::size_t number(std::string_view text, int base, std::string_view what) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw Failure("not a " + std::string(what) + ": '" + std::string(text) + "'");
  }
  return value;
}

void parse_status_line(std::string_view line, HttpReply& reply) {
  const auto first = line.find(' ');
  if (!line.starts_with("HTTP/") || first == std::string_view::npos || line.size() < first + 4) {
    throw Failure("not a status line: '" + std::string(line) + "'");
  }
  reply.version = line.substr(0, first);
  reply.status = static_cast<int>(number(line.substr(first + 1, 3), 10, "status"));
  if (line.size() > first + 5) reply.reason = line.substr(first + 5);
}

bool has_body(const HttpReply& reply, std::string_view method) {
  return method != "HEAD" && reply.status >= 200 && reply.status != 204 && reply.status != 304;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

std::vector<std::string> HttpReply::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) values.push_back(value);
  }
  return values;
}

std::optional<std::string> HttpReply::header(std::string_view name) const {
  const auto values = all(name);
  if (values.size() > 1) throw Failure("header " + std::string(name) + " came more than once");
  if (values.empty()) return std::nullopt;
  return values.front();
}

std::string to_bytes(const HttpRequest& request) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(request.headers, [&](const auto& header) {
      return equals_ignoring_case(header.first, name);
    });
  };
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!has("host")) text += "host: gateway.test\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  const bool sends_body =
      !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (sends_body && !has("content-length") && !has("transfer-encoding")) {
    text += "content-length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return encoded;
}

HttpReply read_reply_head(RawSocket& socket, Deadline deadline) {
  HttpReply reply;
  auto line = socket.read_until("\r\n", deadline);
  parse_status_line(std::string_view(line).substr(0, line.size() - 2), reply);
  while ((line = socket.read_until("\r\n", deadline)) != "\r\n") {
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw Failure("not a header: '" + line + "'");
    const std::string_view value =
        std::string_view(line).substr(colon + 1, line.size() - colon - 3);
    reply.headers.emplace_back(line.substr(0, colon), trimmed(value));
  }
  return reply;
}

std::string read_chunk(RawSocket& socket, Deadline deadline) {
  const auto line = socket.read_until("\r\n", deadline);
  const auto size = number(std::string_view(line).substr(0, line.size() - 2), 16, "chunk size");
  if (size == 0) {
    while (socket.read_until("\r\n", deadline) != "\r\n") {
    }
    return {};
  }
  auto chunk = socket.read_exactly(size, deadline);
  if (socket.read_exactly(2, deadline) != "\r\n") throw Failure("a chunk does not end in CR LF");
  return chunk;
}

void read_body(RawSocket& socket, HttpReply& reply, std::string_view method, Deadline deadline) {
  if (!has_body(reply, method)) return;
  if (const auto length = reply.header("content-length")) {
    if (reply.header("transfer-encoding")) throw Failure("an answer with both kinds of length");
    reply.body = socket.read_exactly(number(*length, 10, "length"), deadline);
  } else if (reply.header("transfer-encoding") == "chunked") {
    for (auto chunk = read_chunk(socket, deadline); !chunk.empty();
         chunk = read_chunk(socket, deadline)) {
      reply.body += chunk;
    }
  } else {
    reply.body = socket.read_to_end(deadline);
  }
}

HttpReply read_reply(RawSocket& socket, std::string_view method, Deadline deadline) {
  auto reply = read_reply_head(socket, deadline);
  read_body(socket, reply, method, deadline);
  return reply;
}

HttpReply HttpClient::request(const HttpRequest& request) {
  socket_.send(to_bytes(request));
  return read_reply(socket_, request.method);
}

HttpReply fetch(std::uint16_t port, const HttpRequest& request) {
  return HttpClient(port).request(request);
}

}  // namespace testkit
