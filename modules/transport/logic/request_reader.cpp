#include "logic/request_reader.hpp"

#include "logic/head_scan.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace rig::transport {
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kBodyReserveMax =
    std::size_t{64} * 1024;  // what a length that is only announced may cost

/// "GET / HTTP/2.0", as opposed to a line that is no request at all.
bool asks_for_other_version(std::string_view request) {
  const auto line = request.substr(0, request.find('\r'));
  const auto space = line.rfind(' ');
  return space != std::string_view::npos && line.find(' ') == line.rfind(' ', space - 1) &&
         line.find(' ') != space && line.substr(space + 1).starts_with("HTTP/") &&
         line.size() - space == 9 && line.find('\n') == std::string_view::npos;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

/// Puts the pieces that Beast finds into a request.
class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(const RequestLimits& limits)
      : target_bytes_max_(limits.target_bytes_max), trailer_bytes_left_(limits.header_bytes_max) {
    header_limit(limits.header_bytes_max);
    body_limit(boost::none);  // whether there is one is decided when the head is known
    body_bytes_max_ = limits.body_bytes_max;
  }

  enum class Body : std::uint8_t { kUndecided, kCollected, kPassedOn };

  HttpRequest request;
  Headers trailers;
  HeadScan head_scan;
  bool target_is_too_long = false;
  std::size_t hosts = 0;
  std::size_t codings = 0;
  bool has_expectation = false;
  bool body_is_too_long = false;
  Body body = Body::kUndecided;

  [[nodiscard]] bool only_chunked() const {
    return codings == 1 &&
           equals_ignoring_case(*request.headers.find("transfer-encoding"), "chunked");
  }

 private:
  void on_request_impl(http::verb /*verb*/, boost::beast::string_view method,
                       boost::beast::string_view target, int version, error_code& error) override {
    if (target.size() > target_bytes_max_) {
      target_is_too_long = true;
      error = http::error::bad_target;
      return;
    }
    request.method = method;
    request.target = target;
    request.version = version;
  }
  void on_response_impl(int /*code*/, boost::beast::string_view /*reason*/, int /*version*/,
                        error_code& error) override {
    error = http::error::bad_method;
  }
  void on_field_impl(http::field field, boost::beast::string_view name,
                     boost::beast::string_view value, error_code& error) override {
    if (head_is_done_) return add_trailer(view(name), view(value), error);
    request.headers.add(view(name), view(value));
    if (field == http::field::host) ++hosts;
    if (field == http::field::transfer_encoding) ++codings;
    if (field == http::field::expect && equals_ignoring_case(value, "100-continue"))
      has_expectation = true;
  }
  /// Trailers must not pass for headers (RFC 9110, 6.5.1), so they are of use only to those who
  /// pass them on as what they are.
  void add_trailer(std::string_view name, std::string_view value, error_code& error) {
    const auto size = name.size() + value.size();
    if (size > trailer_bytes_left_) {
      error = http::error::bad_field;
      return;
    }
    trailer_bytes_left_ -= size;
    if (body == Body::kPassedOn) trailers.add(name, value);
  }
  void on_header_impl(error_code& /*error*/) override { head_is_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code& /*error*/) override {
    if (length && body == Body::kCollected)
      request.body.reserve(
          static_cast<std::size_t>(std::min<std::uint64_t>(*length, kBodyReserveMax)));
  }
  std::size_t on_body_impl(boost::beast::string_view piece, error_code& error) override {
    return take(piece, error);
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, boost::beast::string_view /*extensions*/,
                            error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, boost::beast::string_view piece,
                                 error_code& error) override {
    return take(piece, error);
  }
  void on_finish_impl(error_code& /*error*/) override {}

  std::size_t take(boost::beast::string_view piece, error_code& error) {
    if (body != Body::kPassedOn && request.body.size() + piece.size() > body_bytes_max_) {
      body_is_too_long = true;
      error = http::error::body_limit;
      return 0;
    }
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }

  std::size_t target_bytes_max_;
  std::size_t trailer_bytes_left_;
  std::uint64_t body_bytes_max_ = 0;
  bool head_is_done_ = false;
};

RequestReader::RequestReader(const RequestLimits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;

RequestReader::Progress RequestReader::fail(std::size_t consumed, int status, std::string message) {
  failure_ = Failure{status, std::move(message)};
  return Progress{State::kFailed, consumed};
}

RequestReader::Progress RequestReader::feed(std::string_view bytes) {
  std::size_t consumed = 0;
  if (parser_ == nullptr) {
    // Empty lines before a request are skipped (RFC 9112, 2.2).
    while (bytes.substr(consumed).starts_with("\r\n")) consumed += 2;
    bytes.remove_prefix(consumed);
    if (bytes.empty() || bytes == "\r") return Progress{State::kNeedMore, consumed};
    // Beast looks at a head once it is complete. What cannot become one, like a TLS greeting, need
    // not wait.
    if (!is_token_char(bytes.front())) return fail(consumed, 400, "This is not an HTTP request.");
    parser_ = std::make_unique<Parser>(limits_);
  }

  // The shortest end of a chunked body has five bytes, and Beast 1.81 asserts that it is not shown
  // fewer once it has seen the size of the last chunk.
  if (parser_->is_header_done() && parser_->chunked() && bytes.size() < 5)
    return Progress{State::kNeedMore, consumed};

  if (!parser_->is_header_done()) {
    if (const auto reason = parser_->head_scan.check(bytes); !reason.empty())
      return fail(consumed, 400, std::string(reason));
  }
  return put(bytes, consumed);
}

RequestReader::Progress RequestReader::put(std::string_view bytes, std::size_t consumed) {
  error_code error;
  const auto taken = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  const auto unconsumed = bytes.size() - taken;
  consumed += taken;
  if (error == http::error::need_more) {
    error = {};
  } else if (error == http::error::header_limit) {
    const auto line_end = bytes.find('\n');
    if (line_end == std::string_view::npos || line_end > limits_.target_bytes_max)
      return fail(consumed, 414, "The request target is too long (RIG_REQUEST_TARGET_BYTES_MAX).");
    return fail(consumed, 431, "The request head is too large (RIG_REQUEST_HEADER_BYTES_MAX).");
  } else if (error == http::error::body_limit) {
    return fail(consumed, 413, "The request body is too large (RIG_REQUEST_BODY_BYTES_MAX).");
  } else if (parser_->target_is_too_long) {
    return fail(consumed, 414, "The request target is too long (RIG_REQUEST_TARGET_BYTES_MAX).");
  } else if (error == http::error::bad_version && asks_for_other_version(bytes)) {
    return fail(consumed, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
  } else if (error) {
    return fail(consumed, 400, "The request is not valid HTTP: " + error.message() + ".");
  }

  if (parser_->is_header_done()) {
    // RFC 9112, 3.2: exactly one Host header, which HTTP/1.0 may leave out.
    if (parser_->hosts > 1 || (parser_->hosts == 0 && parser_->request.version >= 11))
      return fail(consumed, 400, "The request must have exactly one Host header.");
    // RFC 9112, 6.1 and 6.3: where such a body ends is not known, and what follows must not be
    // taken for a request.
    if (parser_->codings > 0 && (!parser_->only_chunked() || parser_->request.version < 11))
      return fail(consumed, 400, "The only transfer coding understood is chunked, on HTTP/1.1.");
  }
  if (parser_->is_done()) return Progress{State::kComplete, consumed};
  if (parser_->is_header_done() && parser_->body == Parser::Body::kUndecided) {
    if (pauses_at_head_) return Progress{State::kHead, consumed};
    if (!collect()) return Progress{State::kFailed, consumed};
    const auto progress = feed(bytes.substr(taken));
    return Progress{progress.state, consumed + progress.consumed};
  }
  // Between chunks stand sizes, extensions and, at the end, trailers: they are bounded like a head.
  if (parser_->is_header_done() && unconsumed > limits_.header_bytes_max)
    return fail(consumed, 400, "The request has an oversized chunk head or trailer.");
  return Progress{State::kNeedMore, consumed};
}

bool RequestReader::collect() {
  parser_->body = Parser::Body::kCollected;
  parser_->eager(true);
  const auto length = parser_->content_length();
  if (!length || *length <= limits_.body_bytes_max) return true;
  failure_ = {413, "The request body is too large (RIG_REQUEST_BODY_BYTES_MAX)."};
  return false;
}

void RequestReader::pass_on() {
  parser_->body = Parser::Body::kPassedOn;
  parser_->eager(true);
}

std::string RequestReader::take_piece() { return std::exchange(parser_->request.body, {}); }

const Headers& RequestReader::trailers() const { return parser_->trailers; }

const HttpRequest& RequestReader::head() const { return parser_->request; }

bool RequestReader::has_body() const { return !parser_->is_done(); }

bool RequestReader::keep_alive() const { return parser_->keep_alive(); }

std::optional<std::uint64_t> RequestReader::body_length() const {
  const auto length = parser_->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

bool RequestReader::head_is_complete() const {
  return parser_ != nullptr && parser_->is_header_done();
}

bool RequestReader::expects_continue() const {
  return head_is_complete() && parser_->has_expectation && !parser_->is_done() &&
         parser_->request.version >= 11;
}

HttpRequest RequestReader::take() {
  HttpRequest request = std::move(parser_->request);
  request.keep_alive = parser_->keep_alive();
  parser_.reset();
  return request;
}

}  // namespace rig::transport
