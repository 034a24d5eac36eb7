#pragma once

#include "io/http_target.hpp"

#include <optional>

namespace rig::proxy {

/// What the client sees of a backend's heads: all of them but what is for the connection only.
class RelayRules final : public AnswerRules {
 public:
  /// `awaits_answer`: 202 says that the answer comes another way.
  explicit RelayRules(bool awaits_answer) : awaits_answer_(awaits_answer) {}

  std::optional<transport::HttpResponse> relayed(ResponseHead& head) override;
  std::optional<transport::HttpResponse> interim(ResponseHead& head) override;

 private:
  bool awaits_answer_;
};

}  // namespace rig::proxy
