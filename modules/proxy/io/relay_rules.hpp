#pragma once

#include "io/http_target.hpp"

#include <optional>

namespace rig::proxy {

/// What the client sees of a backend's heads: all of them but what is for the connection only.
class RelayRules final : public AnswerRules {
 public:
  /// `awaits_answer`: 202 says that the answer comes another way. `takes_trailers`: the client says
  /// that it does (RFC 9110, 10.1.4); others may not expect any.
  RelayRules(bool awaits_answer, bool takes_trailers)
      : awaits_answer_(awaits_answer), takes_trailers_(takes_trailers) {}

  std::optional<transport::HttpResponse> relayed(ResponseHead& head) override;
  std::optional<transport::HttpResponse> interim(ResponseHead& head) override;
  Headers trailers(const Headers& sent) override { return takes_trailers_ ? sent : Headers(); }

 private:
  bool awaits_answer_;
  bool takes_trailers_;
};

}  // namespace rig::proxy
