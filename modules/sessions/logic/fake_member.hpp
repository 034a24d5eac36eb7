#pragma once

#include <rig/sessions/member.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::sessions {

/// Remembers what it was told.
class FakeMember final : public Member {
 public:
  explicit FakeMember(std::string transport = "sse") : transport_(std::move(transport)) {}

  void session_killed(std::string_view session) noexcept override {
    killed.emplace_back(session);
    if (on_killed) on_killed();
  }
  [[nodiscard]] Description describe() const override {
    return {transport_, R"([{"eventType":"t"}])"};
  }

  std::vector<std::string> killed;
  std::function<void()> on_killed;

 private:
  std::string transport_;
};

}  // namespace rig::sessions
