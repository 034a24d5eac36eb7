#pragma once

namespace rig::metrics {

class SharedRegistry;

/// What Prometheus' client libraries tell of a process, under their names; read when someone
/// scrapes. A value that the system does not give is NaN.
void add_process_metrics(SharedRegistry& registry);

}  // namespace rig::metrics
