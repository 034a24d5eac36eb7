#include "logic/inbox.hpp"

#include <charconv>
#include <system_error>

namespace rig::nats {
namespace {

template <class T>
bool parse(std::string_view text, T& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string Inbox::subject_of(ReplyAddress address) const {
  return prefix_ + std::to_string(address.shard) + "." + std::to_string(address.call);
}

std::optional<ReplyAddress> Inbox::address_of(std::string_view subject) const noexcept {
  if (!subject.starts_with(prefix_)) return std::nullopt;
  subject.remove_prefix(prefix_.size());
  const auto dot = subject.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  ReplyAddress address;
  const bool is_ours =
      parse(subject.substr(0, dot), address.shard) && parse(subject.substr(dot + 1), address.call);
  if (!is_ours) return std::nullopt;
  return address;
}

}  // namespace rig::nats
