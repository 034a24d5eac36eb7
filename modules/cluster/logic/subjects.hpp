#pragma once

#include <string>
#include <string_view>

namespace rig::cluster {

/// 1 to 64 letters, digits, hyphens and underscores.
[[nodiscard]] bool is_cluster_name(std::string_view text) noexcept;

/// A text as one token of a subject: what is no letter, digit, `-` or `_` is written as `=` and two
/// hexadecimal digits, so none is a wildcard or another subject.
[[nodiscard]] std::string token_of(std::string_view text);

/// The same for a key of a bucket. One that is too long for servers becomes `==` and its SHA-256.
[[nodiscard]] std::string key_of(std::string_view text);

/// The subjects of NATS that the nodes of a cluster use. The second token is the version of what is
/// sent: nodes that speak another one do not hear it.
class Subjects {
 public:
  /// `node`: a name that no other node has, of the characters of a cluster's name.
  Subjects(std::string_view cluster, std::string_view node);

  /// For events of a type, which becomes one token.
  [[nodiscard]] std::string event(std::string_view type) const;
  [[nodiscard]] bool is_event(std::string_view subject) const noexcept {
    return subject.starts_with(events_);
  }
  /// All of them.
  [[nodiscard]] std::string all_events() const { return events_ + ">"; }
  /// What is published here is recorded with the events, and so has its place among them.
  [[nodiscard]] const std::string& fence() const noexcept { return fence_; }
  /// A node says that events of it are lost for all others.
  [[nodiscard]] const std::string& missed() const noexcept { return missed_; }
  /// Where this node is told the place of its fences: this and a number.
  [[nodiscard]] const std::string& places() const noexcept { return places_; }
  [[nodiscard]] bool is_place(std::string_view subject) const noexcept {
    return subject.starts_with(places_);
  }
  /// The stream that records events and fences.
  [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
  /// What nodes say of themselves.
  [[nodiscard]] const std::string& members() const noexcept { return members_; }
  /// The bucket of a map that all nodes have.
  [[nodiscard]] std::string bucket(std::string_view map) const;
  /// For this node alone.
  [[nodiscard]] const std::string& own() const noexcept { return own_; }
  /// True for `own()` of any node of the cluster.
  [[nodiscard]] bool is_of_a_node(std::string_view subject) const noexcept;

 private:
  std::string buckets_;
  std::string events_;
  std::string fence_;
  std::string missed_;
  std::string places_;
  std::string stream_;
  std::string nodes_;
  std::string members_;
  std::string own_;
};

}  // namespace rig::cluster
