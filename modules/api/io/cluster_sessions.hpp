#pragma once

#include "logic/session_messages.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/peers/calls.hpp>
#include <rig/sessions/connection.hpp>
#include <rig/sessions/sessions.hpp>

#include <string>
#include <vector>

namespace rig::api {

/// The connections of all nodes of the cluster: each is asked for its own when somebody asks.
class ClusterSessions {
 public:
  ClusterSessions(Ref<sessions::Sessions> here, Ref<peers::Calls> calls)
      : here_(here), calls_(calls) {}

  /// Answers other nodes, between the start and the stop of the module.
  void serve();
  Task<> withdraw();

  struct Listing {
    sessions::Page page;
    std::vector<std::string> missing;  ///< nodes that did not answer within a second
  };
  Task<Listing> list(SessionQuestion question);

 private:
  static Task<Listing> ask_all(Ref<ClusterSessions> self, SessionQuestion question);
  static Task<sessions::Page> of_this_node(Ref<sessions::Sessions> here, SessionQuestion question);
  static Task<std::string> answer(Ref<sessions::Sessions> here, std::string text);

  Ref<sessions::Sessions> here_;
  Ref<peers::Calls> calls_;
};

}  // namespace rig::api
