#include "logic/call_subjects.hpp"

#include <charconv>
#include <system_error>

namespace rig::cluster {

CallSubjects::CallSubjects(std::string_view cluster, peers::NodeId node) {
  const std::string prefix = std::string(cluster) + ".1.";
  calls_ = prefix + "call.";
  replies_ = prefix + "reply.";
  own_calls_ = calls_ + peers::text_of(node) + ".";
  own_replies_ = replies_ + peers::text_of(node) + ".";
}

std::string CallSubjects::call(peers::NodeId node, std::string_view service) const {
  return calls_ + peers::text_of(node).append(".").append(service);
}

std::string CallSubjects::reply(std::uint64_t number) const {
  return own_replies_ + std::to_string(number);
}

std::optional<std::string_view> CallSubjects::service_of(std::string_view subject) const noexcept {
  if (!subject.starts_with(own_calls_)) return std::nullopt;
  return subject.substr(own_calls_.size());
}

std::optional<std::uint64_t> CallSubjects::number_of(std::string_view subject) const noexcept {
  if (!subject.starts_with(own_replies_)) return std::nullopt;
  subject.remove_prefix(own_replies_.size());
  std::uint64_t number = 0;
  const auto* end = subject.data() + subject.size();
  const auto [at, error] = std::from_chars(subject.data(), end, number);
  return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

bool CallSubjects::is_reply(std::string_view subject) const noexcept {
  return subject.starts_with(replies_) && subject.find_first_of("*> \t\r\n") == subject.npos;
}

}  // namespace rig::cluster
