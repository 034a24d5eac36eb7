#include "io/testing/target.hpp"

#include <openssl/ssl.h>

#include <stdexcept>
#include <utility>

namespace rig::proxy {

using transport::HttpResponse;

namespace {

HttpResponse plain(const ResponseHead& head) {
  HttpResponse response;
  response.status = head.status;
  response.reason = head.reason;
  for (std::size_t i = 0; i < head.headers.size(); ++i)
    response.headers.add(head.headers[i].name, head.headers[i].value);
  return response;
}

void run(Executor executor, Task<> task) {
  // tidy: allow(co-spawn) the thread of the test waits for it
  boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future).get();
}

Task<> call(std::function<void()> work) {
  work();
  co_return;
}

}  // namespace

std::optional<HttpResponse> PlainRules::relayed(ResponseHead& head) {
  if (head.status == discarded_status) return std::nullopt;
  return plain(head);
}

std::optional<HttpResponse> PlainRules::interim(ResponseHead& head) { return plain(head); }

boost::system::result<TlsContext, std::string> FileTrust::make(
    const http_client::TlsTrust& trust) const {
  TlsContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), trust.is_verified ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  const auto& file = trust.ca_file.empty() ? ca_file_ : trust.ca_file;
  if (!file.empty() && SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1)
    return "no certificates";
  return context;
}

TestTarget::TestTarget(HttpTargetConfig config, std::string ca_file) : trust_(std::move(ca_file)) {
  auto& gauge = registry_.gauge({"rig_proxy_upstream_connections", "Connections to backends"}, {});
  shards_.start();
  auto make = [this, config, &gauge](ShardId shard) {
    return std::make_unique<HttpTarget>(shards_.executor(shard), shards_, trust_, config, gauge);
  };
  run(executor(), target_.start(std::move(make)));
}

TestTarget::~TestTarget() {
  stop();
  run(executor(), target_.stop());
  shards_.finish();
}

void TestTarget::stop() {
  auto stop = [](Ref<HttpTarget> target) { return HttpTarget::stop(target); };
  run(executor(), target_.for_each(stop));
}

std::unique_ptr<FakeExchange> TestTarget::client(std::string method) {
  auto client = std::make_unique<FakeExchange>(executor());
  client->asked.method = std::move(method);
  return client;
}

OutgoingRequest TestTarget::request(const std::string& url, const FakeExchange& client,
                                    std::string_view more_fields) {
  OutgoingRequest request;
  request.server.is_tls = url.starts_with("https");
  const auto host_at = url.find("//") + 2;
  const auto port_at = url.rfind(':') + 1;
  request.server.host = url.substr(host_at, port_at - 1 - host_at);
  request.server.port = static_cast<std::uint16_t>(std::stoi(url.substr(port_at)));
  const auto& method = client.asked.method;
  request.is_head = method == "HEAD";
  request.is_idempotent = method != "POST" && method != "PATCH";
  request.head = method + " /path HTTP/1.1\r\nHost: there\r\n";
  request.head.append(more_fields);
  if (client.length) {
    request.head += "Content-Length: " + std::to_string(*client.length) + "\r\n";
  } else if (client.has_body()) {
    request.head += "Transfer-Encoding: chunked\r\n";
  }
  request.head += "\r\n";
  return request;
}

Task<Forwarded> TestTarget::forward(Ref<FakeExchange> client, OutgoingRequest request) {
  RequestBody body(*client);
  co_return co_await HttpTarget::forward(target_.local(), *client, body, request, rules);
}

std::future<Forwarded> TestTarget::begin(FakeExchange& client, OutgoingRequest request) {
  // tidy: allow(co-spawn) the thread of the test waits for it
  return boost::asio::co_spawn(executor(), forward(client, std::move(request)),
                               boost::asio::use_future);
}

Forwarded TestTarget::send(FakeExchange& client, OutgoingRequest request) {
  return begin(client, std::move(request)).get();
}

void TestTarget::on_shard(std::function<void()> work) { run(executor(), call(std::move(work))); }

bool TestTarget::eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  bool is_so = false;
  while (!is_so && std::chrono::steady_clock::now() < deadline) {
    on_shard([&] { is_so = condition(); });
    std::this_thread::yield();
  }
  return is_so;
}

bool TestTarget::has_connections(double count) {
  return eventually([&] { return connections() == count; });
}

}  // namespace rig::proxy
