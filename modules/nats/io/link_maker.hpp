#pragma once

#include "config.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/secret.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/link.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig::nats {

/// To servers that are given as a URL which can be used (`Links::problem_of`).
[[nodiscard]] ConnectionConfig connection_by(const Secret& url);

/// Makes links for other modules, which stop them before this module stops.
class LinkMaker final : public Links {
 public:
  explicit LinkMaker(metrics::Registry& registry) : registry_(registry) {}

  [[nodiscard]] std::optional<std::string> problem_of(const Secret& url) const override;
  [[nodiscard]] std::shared_ptr<const ConnectionConfig> read_access(
      EnvReader& env, std::string_view prefix, std::string_view url_name,
      const Secret& url) const override;
  std::unique_ptr<Link> open(Settings settings, LinkUser& user) override;

 private:
  Ref<metrics::Registry> registry_;
};

}  // namespace rig::nats
