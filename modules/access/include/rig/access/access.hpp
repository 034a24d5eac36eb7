#pragma once

#include <rig/access/identity.hpp>
#include <rig/access/required_claim.hpp>
#include <rig/core/ref.hpp>
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

  /// How the settings let clients subscribe, submit and manage.
  enum class Check : std::uint8_t {
    kOpen,     ///< everybody may, nobody needs to ask
    kToken,    ///< whoever has a valid token
    kService,  ///< another service decides
  };
  [[nodiscard]] virtual Check subscription_check() const noexcept = 0;
  [[nodiscard]] virtual Check submission_check() const noexcept = 0;
  [[nodiscard]] virtual bool managing_is_open() const noexcept = 0;
  /// False without any key: then no token says anything.
  [[nodiscard]] virtual bool knows_keys() const noexcept = 0;

  /// Who a client is that connects or changes its subscriptions. All tokens that it shows must be
  /// valid, even if none is needed.
  virtual Task<Answer> identify(Credentials credentials) = 0;
  /// Whether it may have the subscriptions that it asks for (SUBSCRIPTION_CHECK), and who it is.
  virtual Task<Answer> may_subscribe(Credentials credentials, Question question) = 0;
  /// Whether it may publish this event (SUBMISSION_CHECK).
  virtual Task<Answer> may_submit(Credentials credentials, Question question) = 0;
  /// Whether it may use the management API (API_TOKEN, API_REQUIRED_CLAIM).
  virtual Task<Answer> may_manage(Credentials credentials) = 0;
  /// Who sends a request to a secured endpoint: at least one of `tokens` must be valid and have all
  /// of the claims that are `required`. It is the first one of the identity.
  virtual Task<Answer> authenticate(std::vector<std::string> tokens,
                                    Ref<const RequiredClaims> required) = 0;

 protected:
  ~Access() = default;
};

}  // namespace rig::access
