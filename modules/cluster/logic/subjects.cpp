#include "logic/subjects.hpp"

#include <algorithm>

namespace rig::cluster {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::string_view kVersion = ".1.";

constexpr bool is_plain(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

bool is_cluster_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, is_plain);
}

Subjects::Subjects(std::string_view cluster, std::string_view node) {
  const std::string prefix = std::string(cluster) + std::string(kVersion);
  events_ = prefix + "event.";
  fence_ = prefix + "fence";
  missed_ = prefix + "missed";
  places_ = prefix + "place." + std::string(node) + ".";
  stream_ = std::string(cluster) + "-1-events";
  nodes_ = prefix + "node.";
  state_ = prefix + "state";
  join_ = prefix + "join";
  members_ = prefix + "members";
  own_ = nodes_ + std::string(node);
}

std::string Subjects::event(std::string_view type) const {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string subject = events_;
  subject.reserve(events_.size() + type.size() + 16);
  for (const char c : type) {
    if (is_plain(c)) {
      subject += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    subject += '=';
    subject += kHex[byte >> 4U];
    subject += kHex[byte & 15U];
  }
  return subject;
}

bool Subjects::is_of_a_node(std::string_view subject) const noexcept {
  return subject.starts_with(nodes_) && is_cluster_name(subject.substr(nodes_.size()));
}

}  // namespace rig::cluster
