#include <rig/core/ascii.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <utility>

namespace rig::transport {

namespace {
constexpr std::size_t kUsualFields = 8;
constexpr std::size_t kUsualBytes = 240;
}  // namespace

void Headers::add(std::string_view name, std::string_view value) {
  if (spans_.empty()) {  // most messages need no more
    spans_.reserve(kUsualFields);
    text_.reserve(kUsualBytes);
  }
  spans_.push_back(Span{static_cast<std::uint32_t>(text_.size()),
                        static_cast<std::uint32_t>(name.size()),
                        static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

Headers::Entry Headers::operator[](std::size_t i) const noexcept {
  const Span& span = spans_[i];
  const std::string_view text = text_;
  return Entry{text.substr(span.at, span.name_size),
               text.substr(span.at + span.name_size, span.value_size)};
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < size(); ++i) {
    if (equals_ignoring_case((*this)[i].name, name)) return (*this)[i].value;
  }
  return std::nullopt;
}

void Headers::clear() noexcept {
  text_.clear();
  spans_.clear();
}

std::string_view HttpRequest::path() const noexcept {
  const std::string_view text = std::string_view(target).substr(0, target.find('?'));
  if (text.starts_with('/')) return text;
  // Absolute form (RFC 9112, 3.2.2): what stands before the path does not select the resource here.
  const auto authority = text.find("://");
  if (authority == std::string_view::npos) return text;
  const auto slash = text.find('/', authority + 3);
  return slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
}

std::string_view HttpRequest::query() const noexcept {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  // Only the percent-encoding is checked: browsers and curl leave characters unencoded that RFC
  // 3986 would not.
  const auto decode = [](std::string_view text) -> std::optional<std::string> {
    const auto encoded = boost::urls::make_pct_string_view(text);
    if (!encoded) return std::nullopt;
    boost::urls::encoding_opts form;
    form.space_as_plus = true;
    return encoded->decode(form);
  };
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    const auto equals = std::min(part.find('='), part.size());
    if (decode(part.substr(0, equals)) != name) continue;
    return decode(part.substr(std::min(equals + 1, part.size())));
  }
  return std::nullopt;
}

HttpResponse HttpResponse::json(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json; charset=utf-8";
  response.body = std::move(body);
  return response;
}

HttpResponse HttpResponse::text(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

HttpResponse HttpResponse::error(int status, std::string_view message) {
  std::string body = R"({"message":")";
  for (const char c : message) {
    if (c == '"' || c == '\\') body += '\\';
    body += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  body += R"("})";
  return json(status, std::move(body));
}

}  // namespace rig::transport
