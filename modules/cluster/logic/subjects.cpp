#include "logic/subjects.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace rig::cluster {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kKeyMax = 3'072;  // a line of the protocol has 4,096
constexpr std::string_view kVersion = ".1.";

constexpr bool is_plain(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  out += kHex[byte >> 4U];
  out += kHex[byte & 15U];
}

void append_token(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    out += '=';
    append_hex(out, static_cast<unsigned char>(c));
  }
}

}  // namespace

std::string token_of(std::string_view text) {
  std::string token;
  token.reserve(text.size() + 16);
  append_token(token, text);
  return token;
}

std::string key_of(std::string_view text) {
  auto key = token_of(text);
  if (key.size() <= kKeyMax) return key;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  key = "==";
  for (const auto byte : digest) append_hex(key, byte);
  return key;
}

bool is_cluster_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, is_plain);
}

Subjects::Subjects(std::string_view cluster, std::string_view node) {
  const std::string prefix = std::string(cluster) + std::string(kVersion);
  buckets_ = std::string(cluster) + "-1-";
  events_ = prefix + "event.";
  fence_ = prefix + "fence";
  missed_ = prefix + "missed";
  places_ = prefix + "place." + std::string(node) + ".";
  stream_ = std::string(cluster) + "-1-events";
  nodes_ = prefix + "node.";
  members_ = prefix + "members";
  own_ = nodes_ + std::string(node);
}

std::string Subjects::event(std::string_view type) const {
  std::string subject = events_;
  subject.reserve(events_.size() + type.size() + 16);
  append_token(subject, type);
  return subject;
}

std::string Subjects::bucket(std::string_view map) const { return buckets_ + std::string(map); }

bool Subjects::is_of_a_node(std::string_view subject) const noexcept {
  return subject.starts_with(nodes_) && is_cluster_name(subject.substr(nodes_.size()));
}

}  // namespace rig::cluster
