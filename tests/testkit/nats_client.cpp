#include "nats_client.hpp"

#include <sstream>
#include <utility>

namespace testkit {
namespace {

constexpr std::string_view kVersionLine = "NATS/1.0";

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string header_block(const NatsHeaders& headers) {
  std::string block(kVersionLine);
  block += "\r\n";
  for (const auto& [name, value] : headers) block += name + ": " + value + "\r\n";
  return block + "\r\n";
}

NatsHeaders parse_headers(std::string_view block) {
  NatsHeaders headers;
  for (auto end = block.find("\r\n"); end != std::string_view::npos; end = block.find("\r\n")) {
    const auto line = block.substr(0, end);
    block.remove_prefix(end + 2);
    if (line.starts_with(kVersionLine)) {
      if (line.size() > kVersionLine.size() + 1)
        headers.emplace_back("status", line.substr(kVersionLine.size() + 1));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto value = line.find_first_not_of(' ', colon + 1);
    headers.emplace_back(line.substr(0, colon),
                         value == std::string_view::npos ? "" : line.substr(value));
  }
  return headers;
}

}  // namespace

NatsClient::NatsClient(std::uint16_t port, std::string_view credentials) : socket_(port) {
  (void)socket_.read_until("\r\n");  // INFO
  std::string connect = R"(CONNECT {"verbose":false,"headers":true,"no_responders":true)";
  if (!credentials.empty()) connect.append(",").append(credentials);
  socket_.send(connect + "}\r\n");
  flush();
}

void NatsClient::publish(std::string_view subject, std::string_view body,
                         const NatsHeaders& headers) {
  send(subject, body, headers);
  flush();
}

void NatsClient::send(std::string_view subject, std::string_view body, const NatsHeaders& headers) {
  std::string text(headers.empty() ? "PUB " : "HPUB ");
  text.append(subject).append(" ");
  const auto block = headers.empty() ? std::string() : header_block(headers);
  if (!block.empty()) text.append(std::to_string(block.size())).append(" ");
  text.append(std::to_string(block.size() + body.size())).append("\r\n");
  text.append(block).append(body).append("\r\n");
  socket_.send(text);
}

void NatsClient::subscribe(std::string_view subject) {
  socket_.send("SUB " + std::string(subject) + " " + std::to_string(++subscriptions_) + "\r\n");
  flush();
}

NatsMessage NatsClient::request(std::string_view subject, std::string_view body) {
  const std::string inbox = "_INBOX.testkit." + std::to_string(++subscriptions_);
  std::string text = "SUB " + inbox + " " + std::to_string(subscriptions_) + "\r\n";
  // It ends with the answer.
  text.append("UNSUB ").append(std::to_string(subscriptions_)).append(" 1\r\nPUB ");
  text.append(subject).append(" ").append(inbox).append(" ");
  text.append(std::to_string(body.size())).append("\r\n").append(body).append("\r\n");
  socket_.send(text);
  return next();
}

void NatsClient::flush() {
  socket_.send("PING\r\n");
  for (NatsMessage message; read_one(message, Deadline{}); message = {})
    received_.push_back(std::move(message));
}

NatsMessage NatsClient::next(Deadline deadline) {
  if (!received_.empty()) {
    auto first = std::move(received_.front());
    received_.erase(received_.begin());
    return first;
  }
  NatsMessage message;
  while (!read_one(message, deadline)) {
  }
  return message;
}

bool NatsClient::read_one(NatsMessage& message, Deadline deadline) {
  for (;;) {
    const auto words = words_of(socket_.read_until("\r\n", deadline));
    if (words.empty()) throw Failure("an empty line from nats-server");
    if (words[0] == "PONG") return false;
    if (words[0] == "PING") socket_.send("PONG\r\n");
    if (words[0] == "-ERR") throw Failure("nats-server reports an error");
    const bool has_headers = words[0] == "HMSG";
    if (words[0] != "MSG" && !has_headers) continue;
    // MSG <subject> <sid> [reply-to] <bytes>, HMSG … [reply-to] <header bytes> <bytes>
    const std::size_t sizes = has_headers ? 2 : 1;
    message.subject = words.at(1);
    if (words.size() == 4 + sizes) message.reply_to = words[3];
    const auto size = std::stoul(words.back());
    const auto header_size = has_headers ? std::stoul(words.at(words.size() - 2)) : 0;
    const auto payload = socket_.read_exactly(size + 2, deadline);
    message.headers = parse_headers(payload.substr(0, header_size));
    message.body = payload.substr(header_size, size - header_size);
    return true;
  }
}

}  // namespace testkit
