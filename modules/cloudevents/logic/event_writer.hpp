#pragma once

#include "logic/attributes.hpp"
#include "logic/json_document.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rig::cloudevents {

/// Writes an event as text and, in the same strokes, as the document that its text would parse to.
/// Names and values must outlive the writer.
class EventWriter {
 public:
  explicit EventWriter(std::size_t size_hint);

  void add_string(std::string_view name, std::string_view value);
  /// After a fault the writer is good for nothing.
  JsonFault add_json(std::string_view name, std::string_view value);
  /// `json` if it is JSON, else `value` as a string.
  void add_json_or_string(std::string_view name, std::string_view json, std::string_view value);
  void begin_object(std::string_view name);
  void end_object();

  /// Checks the event and makes it. The last call.
  Reasoned<EventRef> finish(const FieldPlans& plans);

 private:
  void begin();
  void add_name(std::string_view name);

  JsonDocument document_;
  std::string json_;
  bool is_first_ = true;
};

}  // namespace rig::cloudevents
