#include "logic/settings_table.hpp"

#include <rig/core/escape.hpp>

#include <map>
#include <string_view>
#include <vector>

namespace rig::core {
namespace {

using Record = EnvReader::Record;

std::vector<const Record*> by_module(std::span<const Record> settings) {
  std::map<std::string_view, std::vector<const Record*>> modules;
  for (const Record& record : settings) {
    const bool is_core = record.module == "core";
    modules[is_core ? std::string_view{} : std::string_view(record.module)].push_back(&record);
  }
  std::vector<const Record*> out;
  for (const auto& [name, records] : modules) out.insert(out.end(), records.begin(), records.end());
  return out;
}

/// A table cell: a bar would end it, an angle bracket would start an element.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    if (c == '<') {
      out.append("&lt;");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string code(std::string_view text) {
  if (text.empty()) return {};
  std::string out("`");
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c);
  }
  return out.append("`");
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  append_json_string(out, name);
  out.append(": ");
  append_json_string(out, value);
  out.append(", ");
}

}  // namespace

std::string settings_as_markdown(std::span<const Record> settings) {
  std::string out;
  std::string_view module;
  for (const Record* record : by_module(settings)) {
    if (record->module != module) {
      module = record->module;
      out.append(out.empty() ? "## " : "\n## ").append(module).append("\n\n");
      out.append("| Name | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n");
    }
    out.append("| ").append(code(record->name)).append(" | ").append(cell(record->type));
    out.append(" | ").append(code(record->default_value));
    out.append(" | ").append(cell(record->allowed)).append(" | ").append(cell(record->help));
    out.append(" |\n");
  }
  return out;
}

std::string settings_as_json(std::span<const Record> settings) {
  std::string out = "[";
  for (const Record* record : by_module(settings)) {
    out.append(out.size() == 1 ? "\n  {" : ",\n  {");
    append_member(out, "module", record->module);
    append_member(out, "name", record->name);
    append_member(out, "type", record->type);
    append_member(out, "default", record->default_value);
    append_member(out, "allowed", record->allowed);
    append_member(out, "help", record->help);
    out.append(record->secret ? "\"secret\": true}" : "\"secret\": false}");
  }
  return out.append("\n]\n");
}

}  // namespace rig::core
