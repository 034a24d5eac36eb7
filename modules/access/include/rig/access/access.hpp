#pragma once

#include <rig/access/identity.hpp>
#include <rig/core/task.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::access {

/// What another service is asked about: the request's own words.
struct Question {
  std::string content_type;
  std::string body;
};

/// Who may do what. The calls are made on the shard of the request; each denial is counted and
/// logged once, here.
class Access {
 public:
  static constexpr std::string_view kPort = "access.access";

  using Answer = boost::system::result<IdentityRef, Denial>;

  /// Whether a client that says nothing of itself may subscribe or submit: then nobody needs to
  /// ask.
  [[nodiscard]] virtual bool subscribing_is_open() const noexcept = 0;
  [[nodiscard]] virtual bool submitting_is_open() const noexcept = 0;

  /// Who a client is that connects (`is_new`) or changes its subscriptions. A token that it shows
  /// must be valid even if none is needed.
  virtual Task<Answer> identify(Credentials credentials) = 0;
  /// Whether it may have these subscriptions (SUBSCRIPTION_CHECK).
  virtual Task<Answer> may_subscribe(Credentials credentials, Question question) = 0;
  /// Whether it may publish this event (SUBMISSION_CHECK).
  virtual Task<Answer> may_submit(Credentials credentials, Question question) = 0;
  /// Whether it may use the management API (API_TOKEN, API_REQUIRED_CLAIM).
  virtual Task<Answer> may_manage(Credentials credentials) = 0;
  /// Who sends a request to a secured endpoint: at least one of `tokens` must be valid.
  virtual Task<Answer> authenticate(std::vector<std::string> tokens) = 0;

 protected:
  ~Access() = default;
};

}  // namespace rig::access
