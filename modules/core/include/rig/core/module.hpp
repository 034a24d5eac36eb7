#pragma once

#include <rig/core/assert.hpp>
#include <rig/core/deadline.hpp>
#include <rig/core/descriptor.hpp>
#include <rig/core/port.hpp>
#include <rig/core/task.hpp>

#include <vector>

namespace rig {

class EnvReader;
class Lifecycle;
class Shards;

/// A part of the gateway with a life of its own. The object lives on shard 0, where all of its
/// methods run; what it has per core is a `Sharded<T>`.
class Module {
 public:
  virtual ~Module() = default;
  /// Done when the module serves; throws StartupError if it cannot. Never half.
  virtual Task<> start();
  /// Takes no new work and finishes what is in flight, at the latest by `deadline`.
  virtual Task<> drain(Deadline deadline);
  /// Cancels and joins; afterwards nothing of the module runs. Safe after a start that failed.
  virtual Task<> stop(Deadline deadline);
};

/// What `create` may use. Asking for a port that the descriptor does not declare is an error at
/// start.
class ModuleContext {
 public:
  virtual EnvReader& env() = 0;
  virtual Shards& shards() = 0;
  virtual const Lifecycle& lifecycle() = 0;

  template <class Port>
  Port& need() {
    return *static_cast<Port*>(needed(port<Port>()));
  }
  template <class Port>
  void provide(Port& implementation) {
    provided(port<Port>(), &implementation);
  }
  template <class Port>
  void contribute(Port& implementation) {
    contributed(port<Port>(), &implementation);
  }
  /// Everything that other modules contributed to a list, in the order of their names.
  template <class Port>
  std::vector<Port*> collect() {
    std::vector<Port*> list;
    for (void* item : collected(port<Port>())) list.push_back(static_cast<Port*>(item));
    return list;
  }

 protected:
  ~ModuleContext() = default;

 private:
  virtual void* needed(PortKey key) = 0;
  virtual void provided(PortKey key, void* implementation) = 0;
  virtual void contributed(PortKey key, void* implementation) = 0;
  virtual std::vector<void*> collected(PortKey key) = 0;
};

}  // namespace rig
