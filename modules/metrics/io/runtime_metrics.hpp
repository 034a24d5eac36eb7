#pragma once

namespace rig {
class Shards;
}

namespace rig::metrics {

class SharedRegistry;

/// What the core knows of itself: build, shards and their load, errors that nobody expected. Read
/// when someone scrapes; `shards` outlives the registry.
void add_runtime_metrics(SharedRegistry& registry, const Shards& shards);

}  // namespace rig::metrics
