#include "logic/header_transforms.hpp"

#include "logic/definition_syntax.hpp"
#include "logic/header_filter.hpp"
#include "logic/http_text.hpp"

#include <rig/core/field_syntax.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

namespace json = boost::json;

std::string_view view(const json::string_view& text) { return {text.data(), text.size()}; }

constexpr std::string_view member_of(Way way) noexcept {
  return way == Way::kRequest ? "transform_request_headers" : "transform_response_headers";
}

/// The checks of one of the three lists.
class ListCheck {
 public:
  ListCheck(std::string field, Way way, std::span<const std::string> claims,
            const FaultList& faults)
      : field_(std::move(field)), way_(way), claims_(claims), faults_(faults) {}

  /// `is_only_one`: a name that HTTP wants exactly once may be written.
  void check_written(std::string_view name, bool is_only_one) {
    if (!check_name(name)) return;
    if (is_claim_name(name)) add("must not write " + quoted(name) + ", which tells a claim");
    if (way_ == Way::kRequest && !is_only_one && iequals(name, "host"))
      add(R"(must not have "host", of which there is one)");
  }
  void check_removed(std::string_view name) {
    if (!check_name(name)) return;
    if (way_ == Way::kRequest && iequals(name, "host"))
      add(R"(must not have "host", which HTTP needs)");
  }
  void check_value(std::string_view name, const json::value& value) const {
    if (!value.is_string()) return add("must have strings, and " + quoted(name) + " is none");
    if (!is_field_value(view(value.get_string())))
      add("must have values of headers (RFC 9110, 5.5), and that of " + quoted(name) + " is none");
  }
  void add(const std::string& reason) const { faults_.add(field_, reason); }

 private:
  static std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }

  bool check_name(std::string_view name) {
    if (!is_token(name)) {
      add("must have names of headers, and " + quoted(name) + " is none");
    } else if (is_gateways_own(name)) {
      add("must not have " + quoted(name) + ", which is of the connection");
    } else if (!names_.emplace(name).second) {
      add("must not have " + quoted(name) + " twice, in whatever case");
    } else {
      return true;
    }
    return false;
  }
  [[nodiscard]] bool is_claim_name(std::string_view name) const {
    return std::ranges::any_of(
        claims_, [&](const std::string& claim) { return is_same_spelling(claim, name); });
  }

  std::string field_;
  Way way_;
  std::span<const std::string> claims_;
  const FaultList& faults_;
  std::set<std::string, boost::beast::iless> names_;
};

void check_added(const json::value& value, ListCheck check) {
  const auto* headers = value.if_object();
  if (headers == nullptr) return check.add(std::string(kMustBeObject));
  for (const auto& [key, text] : *headers) {
    check.check_written(view(key), true);
    check.check_value(view(key), text);
  }
}

void check_appended(const json::value& value, ListCheck check) {
  const auto* headers = value.if_object();
  if (headers == nullptr) return check.add(std::string(kMustBeObject));
  for (const auto& [key, texts] : *headers) {
    check.check_written(view(key), false);
    if (const auto* list = texts.if_array()) {
      for (const auto& text : *list) check.check_value(view(key), text);
    } else {
      check.check_value(view(key), texts);
    }
  }
}

void check_removed(const json::value& value, ListCheck check) {
  const auto* names = value.if_array();
  if (names == nullptr) return check.add("must be list");
  for (const auto& name : *names) {
    if (name.is_string()) {
      check.check_removed(view(name.get_string()));
    } else {
      check.add("must be list of names");
    }
  }
}

std::vector<Header> read_headers(const json::object& transforms, std::string_view member_name) {
  std::vector<Header> headers;
  const auto* value = member(transforms, member_name);
  if (value == nullptr) return headers;
  const auto add = [&](std::string_view name, const json::value& text) {
    headers.push_back({std::string(name), std::string(view(text.get_string()))});
  };
  for (const auto& [name, texts] : value->get_object()) {
    if (const auto* list = texts.if_array()) {
      for (const auto& text : *list) add(view(name), text);
    } else {
      add(view(name), texts);
    }
  }
  return headers;
}

}  // namespace

void check_header_transforms(const json::object& version, Way way,
                             std::span<const std::string> claim_headers, const FaultList& faults) {
  const auto* value = member(version, member_of(way));
  if (value == nullptr) return;
  const auto* transforms = value->if_object();
  if (transforms == nullptr) return faults.add(member_of(way), kMustBeObject);
  // The errors of requests have the names of version 3.
  const std::string prefix = way == Way::kRequest ? "" : std::string(member_of(way)) + ".";
  const auto claims = way == Way::kRequest ? claim_headers : std::span<const std::string>();
  const auto run = [&](std::string_view list, auto check) {
    const auto* items = member(*transforms, list);
    if (items != nullptr) check(*items, ListCheck(prefix + std::string(list), way, claims, faults));
  };
  run("add_headers", check_added);
  run("append_headers", check_appended);
  run("remove_headers", check_removed);
}

HeaderTransforms read_header_transforms(const json::object& version, Way way) {
  HeaderTransforms transforms;
  const auto* value = member(version, member_of(way));
  if (value == nullptr) return transforms;
  const auto& object = value->get_object();
  transforms.add = read_headers(object, "add_headers");
  transforms.append = read_headers(object, "append_headers");
  const auto* removed = member(object, "remove_headers");
  if (removed == nullptr) return transforms;
  for (const auto& name : removed->get_array())
    transforms.remove.emplace_back(view(name.get_string()));
  return transforms;
}

void edit(transport::HttpResponse& response, const HeaderEdits& edits) {
  if (!is_left(edits, "content-type")) response.content_type.clear();
  Headers headers;
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const auto [name, value] = response.headers[i];
    if (is_left(edits, name)) headers.add(name, value);
  }
  for (const auto& list : {edits.set, edits.add}) {
    for (const auto& header : list) headers.add(header.name, header.value);
  }
  response.headers = std::move(headers);
}

}  // namespace rig::proxy
