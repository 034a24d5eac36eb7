#include "backend.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace testkit {
namespace {

/// How often a thread looks whether the test is over.
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

std::vector<std::string> BackendRequest::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) values.push_back(value);
  }
  return values;
}

std::optional<std::string> BackendRequest::header(std::string_view name) const {
  const auto values = all(name);
  if (values.size() > 1) throw Failure("header " + std::string(name) + " came more than once");
  if (values.empty()) return std::nullopt;
  return values.front();
}

BackendRequest read_request_head(RawSocket& socket, Deadline deadline) {
  BackendRequest request;
  request.head = socket.read_until("\r\n\r\n", deadline);
  std::string_view rest = request.head;
  const auto next_line = [&rest] {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    return line;
  };
  const auto line = next_line();
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == last || !line.ends_with(" HTTP/1.1"))
    throw Failure("not a request line: '" + std::string(line) + "'");
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  for (auto header = next_line(); !header.empty(); header = next_line()) {
    const auto colon = header.find(": ");
    if (colon == std::string_view::npos) throw Failure("not a header: " + std::string(header));
    request.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  return request;
}

void read_request_body(RawSocket& socket, BackendRequest& request, Deadline deadline) {
  if (const auto length = request.header("content-length")) {
    std::size_t size = 0;
    std::from_chars(length->data(), length->data() + length->size(), size);
    request.body = socket.read_exactly(size, deadline);
  } else if (request.header("transfer-encoding") == "chunked") {
    for (auto chunk = read_chunk(socket, deadline); !chunk.empty();
         chunk = read_chunk(socket, deadline)) {
      request.body += chunk;
    }
  }
}

BackendRequest read_request(RawSocket& socket, Deadline deadline) {
  auto request = read_request_head(socket, deadline);
  read_request_body(socket, request, deadline);
  return request;
}

std::string answer_bytes(int status, std::string_view body, const HttpHeaders& headers) {
  auto text = "HTTP/1.1 " + std::to_string(status) + " Fine\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  text += "content-length: " + std::to_string(body.size()) + "\r\n\r\n";
  return text.append(body);
}

Backend::Backend(Answer answer)
    : answer_(answer ? std::move(answer)
                     : [](const BackendRequest&) { return answer_bytes(200, "ok"); }),
      acceptor_([this] { accept_all(); }) {}

Backend::~Backend() {
  is_over_ = true;
  acceptor_.join();
  connections_.clear();
}

std::vector<BackendRequest> Backend::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

BackendRequest Backend::last() const {
  const std::lock_guard lock(mutex_);
  if (requests_.empty()) throw Failure("the backend was not asked");
  return requests_.back();
}

void Backend::accept_all() {
  while (!is_over_) {
    try {
      auto socket = listener_.accept(Deadline(kTick));
      ++connection_count_;
      connections_.emplace_back(
          [this, taken = std::move(socket)]() mutable { serve(std::move(taken)); });
    } catch (const Failure&) {
      continue;  // nobody connects at the moment
    }
  }
}

void Backend::serve(RawSocket socket) {
  while (!is_over_) {
    try {
      // Nothing is taken before a whole head is there, so that a wait can be given up and begun
      // again.
      auto request = read_request_head(socket, Deadline(kTick));
      read_request_body(socket, request);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const auto answer = answer_(request);
      if (answer.empty() || !socket.try_send(answer)) return;
    } catch (const Closed&) {
      return;
    } catch (const Failure&) {
      continue;
    }
  }
}

std::string api_definition(std::string_view id, std::uint16_t port, std::string_view endpoints,
                           std::string_view more) {
  auto text = api_of(id, R"("target_url":"127.0.0.1","port":)" + std::to_string(port), endpoints);
  text.pop_back();
  return text.append(more).append("}");
}

std::string api_of(std::string_view id, std::string_view proxy, std::string_view endpoints) {
  return std::string(R"({"id":")")
      .append(id)
      .append(R"(","name":"N","proxy":{)")
      .append(proxy)
      .append(R"(},"version_data":{"default":{"endpoints":[)")
      .append(endpoints)
      .append("]}}}");
}

std::string targets_on(const std::vector<std::uint16_t>& ports) {
  std::string text;
  for (const auto port : ports)
    text.append(text.empty() ? R"("targets":[)" : ",")
        .append(R"({"target_url":"127.0.0.1","port":)")
        .append(std::to_string(port))
        .append("}");
  return text + "]";
}

std::string endpoint(std::string_view id, std::string_view method, std::string_view path,
                     std::string_view more) {
  return std::string(R"({"id":")")
      .append(id)
      .append(R"(","method":")")
      .append(method)
      .append(R"(","path_regex":")")
      .append(path)
      .append("\"")
      .append(more)
      .append("}");
}

Environment proxying(const std::string& definition, Environment changes) {
  changes["PROXY_CONFIG_FILE"] = "[" + definition + "]";
  return changes;
}

}  // namespace testkit
