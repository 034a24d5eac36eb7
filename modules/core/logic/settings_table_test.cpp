#include "logic/settings_table.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rig::core {
namespace {

using Record = EnvReader::Record;

std::vector<Record> records() {
  return {
      Record{"transport", "INBOUND_PORT", "integer", "4000", "0 to 65535", "Port for clients"},
      Record{"core", "RIG_SHARDS", "integer", "", "1 to 256", "Threads"},
      Record{"api", "API_MODE", "choice", "a", "a, b", "Either a | b, <x>"},
      Record{"transport", "CORS", "text", "*", "", "Origins"},
      Record{"api", "JWT_SECRET_KEY", "secret", "", "", "Key \"k\"", true},
  };
}

TEST(SettingsTable, MarkdownHasOneTablePerModuleCoreFirst) {
  EXPECT_EQ(settings_as_markdown(records()), R"(## core

| Name | Type | Default | Allowed | Meaning |
|---|---|---|---|---|
| `RIG_SHARDS` | integer |  | 1 to 256 | Threads |

## api

| Name | Type | Default | Allowed | Meaning |
|---|---|---|---|---|
| `API_MODE` | choice | `a` | a, b | Either a \| b, &lt;x> |
| `JWT_SECRET_KEY` | secret |  |  | Key "k" |

## transport

| Name | Type | Default | Allowed | Meaning |
|---|---|---|---|---|
| `INBOUND_PORT` | integer | `4000` | 0 to 65535 | Port for clients |
| `CORS` | text | `*` |  | Origins |
)");
}

TEST(SettingsTable, JsonHasOneObjectPerSetting) {
  EXPECT_EQ(settings_as_json({}), "[\n]\n");
  const auto all = records();
  EXPECT_EQ(settings_as_json(std::span(all).subspan(3, 2)), R"([
  {"module": "api", "name": "JWT_SECRET_KEY", "type": "secret", "default": "", "allowed": "", "help": "Key \"k\"", "secret": true},
  {"module": "transport", "name": "CORS", "type": "text", "default": "*", "allowed": "", "help": "Origins", "secret": false}
]
)");
}

}  // namespace
}  // namespace rig::core
