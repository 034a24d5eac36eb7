#include "logic/interest.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <utility>

namespace rig::subscriptions {

struct Interest::Type {
  explicit Type(std::string_view type) : name(type) {}

  std::string name;
  ShardSet wanted_by;
  std::vector<Ticket> waiting;
  std::uint32_t users = 0;
  std::uint16_t answers_missing = 0;
  bool is_in_idle_list = false;
  bool was_idle_at_sweep = false;
};

Interest::Interest(ShardId self, std::size_t shards, InterestPostman& postman)
    : self_(self), shards_(shards), postman_(postman) {
  RIG_ASSERT(self < shards && shards <= kShardsMax);
}

Interest::~Interest() = default;

Interest::Type& Interest::find_or_add(std::string_view type) {
  const auto hash = hash_of(type);
  Type* found = find_type(types_, hash, type);
  return found != nullptr ? *found : types_.insert(hash, std::make_unique<Type>(type));
}

Interest::Type& Interest::own(std::string_view type) const {
  Type* found = find_type(types_, hash_of(type), type);
  RIG_ASSERT(found != nullptr && found->wanted_by.test(self_));
  return *found;
}

std::size_t Interest::hold(std::span<const std::string_view> types, Ticket ticket) {
  std::size_t unanswered = 0;
  Names news;
  for (const std::string_view name : types) {
    Type& type = find_or_add(name);
    ++type.users;
    if (!type.wanted_by.test(self_)) {
      type.wanted_by.set(self_);
      type.answers_missing = static_cast<std::uint16_t>(shards_ - 1);
      news.emplace_back(name);
    }
    if (type.answers_missing == 0) continue;
    type.waiting.push_back(ticket);
    ++unanswered;
  }
  broadcast(InterestMessage::Kind::kWant, std::move(news));
  return unanswered;
}

void Interest::hold(std::string_view type) {
  Type& held = own(type);
  RIG_ASSERT(held.users != 0);
  ++held.users;
}

void Interest::release(std::string_view name) {
  Type& type = own(name);
  RIG_ASSERT(type.users != 0);
  if (--type.users != 0) return;
  type.was_idle_at_sweep = false;
  if (!std::exchange(type.is_in_idle_list, true)) idle_.push_back(&type);
}

void Interest::receive(ShardId from, const InterestMessage& message, std::vector<Ticket>& noted) {
  RIG_ASSERT(from < shards_ && from != self_);
  for (const std::string& name : *message.types) {
    switch (message.kind) {
      case InterestMessage::Kind::kWant: {
        find_or_add(name).wanted_by.set(from);
        break;
      }
      case InterestMessage::Kind::kNoted: {
        Type& type = own(name);
        RIG_ASSERT(type.answers_missing != 0);
        if (--type.answers_missing != 0) break;
        noted.insert(noted.end(), type.waiting.begin(), type.waiting.end());
        std::vector<Ticket>().swap(type.waiting);
        break;
      }
      case InterestMessage::Kind::kDrop: {
        Type* type = find_type(types_, hash_of(name), name);
        RIG_ASSERT(type != nullptr && type->wanted_by.test(from));
        type->wanted_by.reset(from);
        forget_if_unwanted(*type);
        break;
      }
    }
  }
  if (message.kind == InterestMessage::Kind::kWant)
    postman_.post(from, {InterestMessage::Kind::kNoted, message.types});
}

const ShardSet* Interest::wanted_by(std::string_view type) const noexcept {
  const Type* found = find_type(types_, hash_of(type), type);
  return found == nullptr ? nullptr : &found->wanted_by;
}

bool Interest::has_one_user(std::string_view type) const noexcept {
  const Type* found = find_type(types_, hash_of(type), type);
  return found != nullptr && found->users == 1 && found->wanted_by.count() == 1 &&
         found->wanted_by.test(self_);
}

void Interest::sweep() {
  Names dropped;
  std::erase_if(idle_, [&](Type* type) {
    if (type->users != 0) {
      type->is_in_idle_list = false;
      return true;
    }
    if (!std::exchange(type->was_idle_at_sweep, true) || type->answers_missing != 0) return false;
    dropped.push_back(type->name);
    type->is_in_idle_list = false;
    type->wanted_by.reset(self_);
    forget_if_unwanted(*type);
    return true;
  });
  if (idle_.empty()) std::vector<Type*>().swap(idle_);
  broadcast(InterestMessage::Kind::kDrop, std::move(dropped));
}

void Interest::forget_if_unwanted(Type& type) {
  if (type.wanted_by.none()) types_.erase(hash_of(type.name), type);
}

void Interest::broadcast(InterestMessage::Kind kind, Names types) {
  if (types.empty() || shards_ == 1) return;
  const auto shared = std::make_shared<const Names>(std::move(types));
  for (std::size_t to = 0; to < shards_; ++to) {
    if (to != self_) postman_.post(static_cast<ShardId>(to), {kind, shared});
  }
}

}  // namespace rig::subscriptions
