#include "logic/yaml.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <system_error>

namespace rig::proxy {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 32;
/// Values, each as often as an alias repeats it.
constexpr std::size_t kNodesMax = 200'000;

/// Why a document is refused; thrown and caught in this file, as yaml-cpp's own are.
struct Refused {
  std::string why;
  YAML::Mark mark;
};

std::string at(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return " (line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1) +
         ")";
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

template <class Number>
std::optional<Number> number_in(std::string_view text, int base = 10) {
  Number number{};
  const auto* const begin = std::to_address(text.begin());
  const auto* const end = std::to_address(text.end());
  std::from_chars_result read{};
  if constexpr (std::is_integral_v<Number>) {
    read = std::from_chars(begin, end, number, base);
  } else {
    read = std::from_chars(begin, end, number);
  }
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

/// A scalar without quotes and without a tag (YAML 1.2.2, 10.3.2).
json::value plain(const std::string& scalar) {
  const std::string_view text = scalar;
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  const bool is_hex = text.starts_with("0x");
  if (is_hex || text.starts_with("0o")) {
    const auto number = number_in<std::uint64_t>(text.substr(2), is_hex ? 16 : 8);
    return number ? json::value(*number) : json::value(text);
  }
  const auto digits = text.substr(text.starts_with('+') ? 1 : 0);
  // The words that from_chars knows are none of YAML's, whose own have no place in JSON.
  const bool may_be_number =
      !digits.empty() && digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
      digits.find_first_of("0123456789") != std::string_view::npos && digits.front() != '+';
  if (!may_be_number) return json::value(text);
  if (const auto number = number_in<std::int64_t>(digits)) return *number;
  if (const auto number = number_in<std::uint64_t>(digits)) return *number;
  if (const auto number = number_in<double>(digits); number && std::isfinite(*number))
    return *number;
  return json::value(text);
}

class Converter {
 public:
  json::value convert(const YAML::Node& node,  // NOLINT(misc-no-recursion): depth is bounded
                      std::size_t depth = 0) {
    if (depth >= kDepthMax) throw Refused{"is nested too deep", node.Mark()};
    if (++nodes_ > kNodesMax) throw Refused{"has too many values", node.Mark()};
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return nullptr;
      case YAML::NodeType::Scalar: return scalar(node);
      case YAML::NodeType::Sequence: return sequence(node, depth);
      case YAML::NodeType::Map: return map(node, depth);
    }
    return nullptr;
  }

 private:
  static json::value scalar(const YAML::Node& node) {
    const auto& tag = node.Tag();
    if (tag == "?" || tag.empty()) return plain(node.Scalar());
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return json::value(node.Scalar());
    throw Refused{"has a tag that is not known", node.Mark()};
  }

  json::value sequence(const YAML::Node& node,  // NOLINT(misc-no-recursion): depth is bounded
                       std::size_t depth) {
    json::array array;
    for (const auto& element : node) array.push_back(convert(element, depth + 1));
    return array;
  }

  json::value map(const YAML::Node& node,  // NOLINT(misc-no-recursion): depth is bounded
                  std::size_t depth) {
    json::object object;
    for (const auto& item : node) {
      if (!item.first.IsScalar()) throw Refused{"has a key that is no string", item.first.Mark()};
      const auto& key = item.first.Scalar();
      if (key == "<<" && item.first.Tag() == "?")
        throw Refused{"has a merge key, which is not supported", item.first.Mark()};
      if (object.contains(key)) throw Refused{"has a key twice", item.first.Mark()};
      object[key] = convert(item.second, depth + 1);
    }
    return object;
  }

  std::size_t nodes_ = 0;
};

/// Counts documents, and hears nothing else.
class DocumentCounter final : public YAML::EventHandler {
 public:
  [[nodiscard]] int count() const { return count_; }

  void OnDocumentStart(const YAML::Mark&) override { ++count_; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int count_ = 0;
};

/// `YAML::LoadAll` never ends on some texts that are no YAML: it finds documents where nothing is
/// read.
bool has_more_than_one_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentCounter counter;
  for (int i = 0; i < 2; ++i) parser.HandleNextDocument(counter);
  return counter.count() > 1;
}

/// yaml-cpp takes bytes that are no UTF-8; what is kept is handed on as JSON, which does not.
bool is_json(const json::value& value) {
  boost::system::error_code error;
  (void)json::parse(json::serialize(value), error);
  return !error;
}

}  // namespace

Read<json::value> parse_yaml(const std::string& text) {
  try {
    if (has_more_than_one_document(text)) return Fault{"is no YAML, or more than one document"};
    auto value = Converter().convert(YAML::Load(text));
    if (!is_json(value)) return Fault{"has text that is no UTF-8"};
    return value;
  } catch (const Refused& refused) {
    return Fault{refused.why + at(refused.mark)};
  } catch (const YAML::Exception& error) {
    return Fault{"is no YAML: " + error.msg + at(error.mark)};
  }
}

}  // namespace rig::proxy
