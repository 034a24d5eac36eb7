#pragma once

#include "io/http_target.hpp"
#include "logic/header_rules.hpp"

#include <optional>
#include <string_view>

namespace rig::proxy {

/// What the client sees of a backend's heads: all of them but what is for the connection only and
/// what the endpoint changes.
class RelayRules final : public AnswerRules {
 public:
  struct Options {
    bool awaits_answer = false;  ///< 202 says that the answer comes another way
    /// The client says that it takes trailers (RFC 9110, 10.1.4); others may not expect any.
    bool takes_trailers = false;
    HeaderEdits edits = {};     ///< of answers; of those before the final one (1xx) only `remove`
    std::string_view via = {};  ///< as in ForwardingRules
  };

  explicit RelayRules(Options options) : options_(options) {}

  std::optional<transport::HttpResponse> relayed(ResponseHead& head) override;
  std::optional<transport::HttpResponse> interim(ResponseHead& head) override;
  Headers trailers(const Headers& sent) override;

 private:
  [[nodiscard]] transport::HttpResponse final_one(ResponseHead& head) const;

  Options options_;
};

}  // namespace rig::proxy
