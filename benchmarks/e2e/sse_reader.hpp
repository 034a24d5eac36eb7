#pragma once
// Reads server-sent events (WHATWG HTML, 9.2.6) from a byte stream that may be cut anywhere.

#include <string>
#include <string_view>

namespace rig::bench {

class SseReader {
 public:
  /// Consumes from the front of `in`; true when an event is complete. type(), data() and id() are
  /// valid until the next call.
  bool next(std::string_view& in);

  std::string_view type() const { return type_; }
  std::string_view data() const { return data_; }
  /// What the event itself says; empty if it says nothing.
  std::string_view id() const { return id_; }

 private:
  void on_field(std::string_view line);

  std::string line_;  // the beginning of a line whose end has not arrived
  std::string type_;
  std::string data_;
  std::string id_;
  bool has_data_ = false;
  bool is_dispatched_ = false;
};

}  // namespace rig::bench
