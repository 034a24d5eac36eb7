// The setting EXTRACTORS: either there are problems, each a sentence in one line, or each type has
// a plan with as many pointers as names, and all of them start somewhere.

#include "logic/extractors.hpp"
#include "logic/index.hpp"
#include "logic/json_text.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rig::subscriptions;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> problems;
  const auto extractors = Extractors::parse(text, 256, problems);
  for (const auto& problem : problems) {
    RIG_ASSERT(!problem.empty());
    RIG_ASSERT(std::ranges::none_of(problem, [](unsigned char c) { return c < 0x20; }));
  }
  if (!problems.empty()) return 0;

  const auto json = parse_json(text);
  RIG_ASSERT(json.has_value() && json->is_object());
  for (const auto& [type, config] : json->get_object()) {
    const TypeFields* fields = extractors.fields_of(type);
    RIG_ASSERT((fields == nullptr) == config.get_object().empty());
    if (fields == nullptr) continue;
    RIG_ASSERT(fields->names.size() == config.get_object().size());
    RIG_ASSERT(fields->names.size() <= Index::kFieldsMax);
    RIG_ASSERT(fields->plan.fields.size() == fields->names.size());
    RIG_ASSERT(fields->claims.size() == fields->names.size());
    RIG_ASSERT(std::ranges::is_sorted(fields->enforced));
    for (const std::size_t i : fields->enforced) RIG_ASSERT(fields->claims.at(i).has_value());
    for (std::size_t i = 0; i < fields->names.size(); ++i) {
      RIG_ASSERT(fields->position(fields->names[i]) == i);
      RIG_ASSERT(!fields->plan.fields[i].tokens.empty());
    }
  }
  return 0;
}
