#include "logic/event_writer.hpp"

#include "logic/quote.hpp"

#include <utility>

namespace rig::cloudevents {

EventWriter::EventWriter(std::size_t size_hint) {
  json_.reserve(size_hint);
  begin();
}

void EventWriter::add_string(std::string_view name, std::string_view value) {
  add_name(name);
  document_.add_string(value);
  append_quoted(json_, value);
}

JsonFault EventWriter::add_json(std::string_view name, std::string_view value) {
  add_name(name);
  const JsonFault fault = document_.parse(value);
  if (fault == JsonFault::kNone) json_ += value;
  return fault;
}

void EventWriter::add_json_or_string(std::string_view name, std::string_view json,
                                     std::string_view value) {
  if (add_json(name, json) == JsonFault::kNone) return;
  document_.add_string(value);
  append_quoted(json_, value);
}

void EventWriter::begin_object(std::string_view name) {
  add_name(name);
  begin();
}

void EventWriter::end_object() {
  json_ += '}';
  document_.end_container();
  is_first_ = false;
}

Reasoned<EventRef> EventWriter::finish(const FieldPlans& plans) {
  end_object();
  return make_event(document_, std::move(json_), plans);
}

void EventWriter::begin() {
  json_ += '{';
  document_.begin_object();
  is_first_ = true;
}

void EventWriter::add_name(std::string_view name) {
  if (!is_first_) json_ += ',';
  is_first_ = false;
  append_quoted(json_, name);
  json_ += ':';
  document_.add_string(name);
}

}  // namespace rig::cloudevents
