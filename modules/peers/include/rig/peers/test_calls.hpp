#pragma once

#include <rig/peers/calls.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rig::peers {

/// For tests of modules that use the port: calls that a function answers instead of another node;
/// without one every node is gone.
class TestCalls final : public Calls {
 public:
  std::function<CallResult(NodeId node, std::string request)> other_node;

  Task<CallResult> call(NodeId node, std::string /*service*/, std::string request,
                        Deadline /*deadline*/) override {
    return answer(other_node ? other_node(node, std::move(request))
                             : CallResult(CallFailure::kNoSuchNode));
  }
  /// Of one other node, which the function answers for.
  Task<std::vector<NodeAnswer>> call_all(std::string /*service*/, std::string request,
                                         Deadline /*deadline*/) override {
    std::vector<NodeAnswer> answers;
    if (other_node) answers.push_back({"other", other_node(kNoNode, std::move(request))});
    return all(std::move(answers));
  }
  void serve(std::string service, Handler handler) override {
    services_[std::move(service)] = std::move(handler);
  }
  Task<> withdraw(std::string service) override {
    services_.erase(service);
    return nothing();
  }
  /// As if another node called.
  Task<std::string> take(std::string service, std::string request) {
    return services_.at(service)(std::move(request));
  }

 private:
  static Task<CallResult> answer(CallResult result) { co_return result; }
  static Task<std::vector<NodeAnswer>> all(std::vector<NodeAnswer> answers) { co_return answers; }
  static Task<> nothing() { co_return; }

  std::map<std::string, Handler> services_;
};

}  // namespace rig::peers
