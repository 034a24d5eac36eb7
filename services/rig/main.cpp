// The gateway: its modules, in the order that their ports ask for. Everything else is in the
// modules.

#include "module_list.hpp"

#include <rig/core/application.hpp>
#include <rig/core/build_info.hpp>

int main(int argc, char** argv) {
  const rig::ProgramInfo program{
      "rig", rig::build_info().version,
      "Reactive Interaction Gateway: events from backends to the clients that subscribed"};
  return rig::run_application(program, rig::module_list(), argc, argv);
}
