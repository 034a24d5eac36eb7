#include "io/exchange.hpp"

#include <rig/core/ascii.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <string>
#include <tuple>
#include <utility>

namespace rig::http_client {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Reason = Failure::Reason;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint32_t kHeaderBytesMax = std::uint32_t{32} << 10;
constexpr int kInterimResponsesMax = 8;

Response response_of(Parser& parser) {
  auto message = parser.release();
  Response response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    response.headers.emplace_back(lower_case(field.name_string()), std::string(field.value()));
  response.body = std::move(message.body());
  return response;
}

Reason reason_of(const error_code& error) {
  if (error == http::error::body_limit || error == http::error::buffer_overflow)
    return Reason::kTooLarge;
  // The connection ended before the answer did.
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return Reason::kUnreachable;
  if (error.category() == http::make_error_code(http::error::bad_version).category())
    return Reason::kProtocol;
  if (error.category() == boost::asio::error::get_ssl_category()) return Reason::kTls;
  return Reason::kUnreachable;
}

Failure failure_of(const Url& url, std::string_view what, const error_code& error) {
  return {reason_of(error), url.server() + ": " + std::string(what) + ": " + error.message()};
}

/// Whether the connection ended, in contrast to what came on it being wrong.
bool is_end(const error_code& error) { return reason_of(error) == Reason::kUnreachable; }

Exchanged failed(Failure failure, bool is_untouched = false) {
  return {std::move(failure), false, is_untouched};
}

template <class Stream>
Task<Exchanged> exchange_on(Ref<Stream> stream, Ref<Connection> connection, Ref<const Url> url,
                            Ref<const Message> message, std::size_t body_bytes_max) {
  error_code error;
  std::size_t bytes = 0;
  std::tie(error, bytes) = co_await http::async_write(*stream, *message, kUseTaskTuple);
  if (error) co_return failed(failure_of(*url, "request", error), is_end(error));
  for (int interim = 0; interim <= kInterimResponsesMax; ++interim) {
    Parser parser;
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(body_bytes_max);
    parser.skip(message->method() == http::verb::head);
    std::tie(error, bytes) =
        co_await http::async_read(*stream, connection->buffer, parser, kUseTaskTuple);
    if (error) {
      const bool is_untouched = interim == 0 && !parser.got_some() && is_end(error);
      co_return failed(failure_of(*url, "answer", error), is_untouched);
    }
    const auto status = parser.get().result_int();
    if (status / 100 == 1 && status != 101) continue;  // RFC 9110 section 15.2
    if (status < 200) break;                           // nobody asked for another protocol
    connection->was_used = true;
    const bool can_stay = parser.keep_alive() && connection->buffer.size() == 0;
    co_return Exchanged{response_of(parser), can_stay, false};
  }
  co_return failed({Reason::kProtocol, url->server() + ": answer: status that makes no sense"});
}

}  // namespace

Message message_of(Request request, const Url& url) {
  Message message;
  message.version(11);
  message.method_string(request.method);
  message.target(url.target);
  message.set(http::field::host, url.authority());
  for (const auto& [name, value] : request.headers) message.insert(name, value);
  message.body() = std::move(request.body);
  const bool may_have_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (may_have_body || !message.body().empty()) message.content_length(message.body().size());
  return message;
}

Task<Exchanged> exchange(Ref<Call> call, Ref<const Url> url, Ref<const Message> message,
                         std::size_t body_bytes_max) {
  const Ref<Connection> connection(*call->connection);
  if (TlsStream* tls = connection->tls(); tls != nullptr) {
    co_return co_await exchange_on(Ref<TlsStream>(*tls), connection, url, message, body_bytes_max);
  }
  co_return co_await exchange_on(Ref<Socket>(connection->socket()), connection, url, message,
                                 body_bytes_max);
}

}  // namespace rig::http_client
