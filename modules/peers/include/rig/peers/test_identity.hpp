#pragma once

#include <rig/peers/node_identity.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace rig::peers {

/// For tests of modules that use the port: a node whose seal anybody can make.
class TestIdentity final : public NodeIdentity {
 public:
  static constexpr std::string_view kSeal = "~genuine";

  explicit TestIdentity(NodeId id) : id_(id) {}

  [[nodiscard]] NodeId id() const noexcept override { return id_; }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] bool has_secret() const noexcept override { return true; }
  [[nodiscard]] std::string seal(Purpose /*purpose*/, std::string text) const override {
    return std::move(text).append(kSeal);
  }
  [[nodiscard]] Opened open(Purpose /*purpose*/, std::string_view sealed) const override {
    if (!sealed.ends_with(kSeal)) return {sealed, false};
    return {sealed.substr(0, sealed.size() - kSeal.size()), true};
  }

 private:
  NodeId id_;
  std::string name_ = "node";
};

}  // namespace rig::peers
