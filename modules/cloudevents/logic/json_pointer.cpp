#include <rig/cloudevents/field_plan.hpp>

#include <cstddef>
#include <utility>

namespace rig::cloudevents {

boost::system::result<JsonPointer, std::string> JsonPointer::parse(std::string_view text) {
  // RFC 6901 allows the empty pointer; it names the whole document, which is never a scalar.
  if (text.empty()) return std::string("is empty");
  if (text[0] != '/') return std::string("does not start with '/'");

  JsonPointer pointer;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.tokens.emplace_back();
      continue;
    }
    char c = text[i];
    if (c == '~') {
      const char code = ++i < text.size() ? text[i] : '\0';
      if (code != '0' && code != '1') {
        return std::string("has a '~' that is followed by neither '0' nor '1'");
      }
      c = code == '0' ? '~' : '/';
    }
    pointer.tokens.back() += c;
  }
  return pointer;
}

}  // namespace rig::cloudevents
