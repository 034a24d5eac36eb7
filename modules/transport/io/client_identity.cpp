#include "io/client_identity.hpp"

#include "io/opening.hpp"
#include "io/transport_shard.hpp"
#include "logic/connection_names.hpp"
#include "logic/notices.hpp"

#include <algorithm>
#include <utility>

namespace rig::transport {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

/// The clock of the wall can be set: nothing waits for it longer without a look.
constexpr milliseconds kLookEvery{60'000};

}  // namespace

std::string_view event_type_of(EndOfIdentity end) noexcept {
  return end == EndOfIdentity::kSessionKilled ? "rig.session_killed" : "rig.token_expired";
}

ClientIdentity::Expiry::Expiry(ClientIdentity& of)
    : Timer([](Timer& timer) noexcept { static_cast<Expiry&>(timer).client.watch_expiry(); }),
      client(of) {}

ClientIdentity::ClientIdentity(TransportShard& shard, Holder& holder,
                               const NamedConnection& connection)
    : shard_(shard), holder_(holder), connection_(connection) {}

ClientIdentity::~ClientIdentity() { leave(); }

bool ClientIdentity::join(const access::Identity& identity) {
  auto& sessions = shard_.sessions();
  if (is_ended(sessions, &identity)) return false;
  // In a session that it did not get into, nobody could cut it off.
  return std::ranges::all_of(identity.sessions,
                             [&](const auto& name) { return sessions.join(*this, name); });
}

bool ClientIdentity::adopt(access::IdentityRef identity, From from) {
  if (!join(*identity)) return false;
  settles_before_ = from == From::kSettled && identity_ ? ends_at() : std::nullopt;
  identity_ = std::move(identity);
  watch_expiry_anew();
  return true;
}

void ClientIdentity::settle() noexcept {
  if (std::exchange(settles_before_, std::nullopt)) watch_expiry_anew();
}

std::optional<ClientIdentity::Time> ClientIdentity::ends_at() const noexcept {
  const auto& newest = identity_->expires_at;
  if (!settles_before_) return newest;
  return newest ? std::min(*settles_before_, *newest) : *settles_before_;
}

void ClientIdentity::watch_expiry_anew() noexcept {
  is_warned_ = false;
  expiry_.cancel();
  const auto end = ends_at();
  if (!shard_.config().token_expiry.closes || !end) return;
  // A client that answers each warning with a token that is no better must not be warned at once
  // again, in a circle.
  const system_clock::duration warning = shard_.config().token_expiry.warning;
  warn_at_ = *end - std::min(warning, (*end - system_clock::now()) / 2);
  // Not at once: whoever asks goes on with the connection, so it must not end here.
  shard_.wheel().arm(expiry_, milliseconds(0));
}

void ClientIdentity::leave() noexcept {
  expiry_.cancel();
  shard_.sessions().leave(*this);
}

void ClientIdentity::session_killed(std::string_view /*session*/) noexcept {
  shard_.metrics().dropped_session.add();
  holder_.end_by(EndOfIdentity::kSessionKilled);
}

sessions::Description ClientIdentity::describe() const {
  return {std::string(connection_.transport_name()), connection_.subscriptions_json()};
}

void ClientIdentity::watch_expiry() noexcept {
  const auto left = std::chrono::ceil<milliseconds>(*ends_at() - system_clock::now());
  if (left <= milliseconds(0)) {
    shard_.metrics().dropped_expired.add();
    return holder_.end_by(EndOfIdentity::kTokenExpired);
  }
  const auto until_warning = std::chrono::ceil<milliseconds>(warn_at_ - system_clock::now());
  if (until_warning <= milliseconds(0) && !std::exchange(is_warned_, true))
    warn(std::chrono::ceil<std::chrono::seconds>(left));
  shard_.wheel().arm(expiry_, std::min(is_warned_ ? left : until_warning, kLookEvery));
}

void ClientIdentity::warn(std::chrono::seconds left) {
  if (shard_.config().token_expiry.warning == milliseconds(0)) return;
  holder_.tell("rig.token_expiring", expiry_data(*ends_at(), left));
}

}  // namespace rig::transport
