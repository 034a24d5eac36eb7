#pragma once

#include <rig/core/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig {
class EnvReader;
}

namespace rig::nats {

/// Where servers are and who one is for them; of this module alone.
struct ConnectionConfig;

struct LinkMessage {
  std::string subject;
  std::string reply_to;  ///< empty: nobody waits for an answer
  std::string data;
  /// Kept until a server has it, and sent again by a new connection (`Link::send_kept`), before
  /// what comes later: it may arrive twice, and late.
  bool is_kept = false;
};

/// Why a message did not get through.
enum class LinkLoss : std::uint8_t {
  kNotConnected,
  kTooLarge,     ///< for the server (`max_payload`)
  kTooManyWait,  ///< in the library, for whoever uses the link
  kTooManyKept,  ///< without a connection
};

/// Who uses a link. The calls come from threads that are no shards, and must not wait.
class LinkUser {
 public:
  /// A message of what is subscribed to, one after the other, as they came from the server.
  virtual void received(LinkMessage message) noexcept = 0;
  /// Nobody is subscribed to the subject of a message that was published with a reply subject,
  /// which this one is.
  virtual void unanswered(std::string_view reply_to) noexcept = 0;
  /// There is a connection, for the first time or again, and the server knows what is subscribed
  /// to. What was published meanwhile is lost, unless it is kept.
  virtual void connected() noexcept = 0;
  /// The connection is gone, and all that came by it has been given to `received`; what comes next
  /// comes by another one, before or after `connected`. Nothing of what was sent meanwhile comes.
  virtual void disconnected() noexcept {}
  virtual void lost(LinkLoss why, std::uint64_t messages) noexcept = 0;

 protected:
  ~LinkUser() = default;
};

/// A connection to NATS servers for another module. It is kept up, and what is subscribed to stays
/// so. It does not hear what it publishes itself. All calls but `stop` may be made on any thread
/// and wait for nothing; what they ask for is done in their order.
class Link {
 public:
  virtual ~Link() = default;

  /// Servers that cannot be reached are no error.
  virtual void start() = 0;
  /// On no shard, as it waits. Nothing of the user is called afterwards. Safe to call twice.
  virtual void stop() noexcept = 0;

  [[nodiscard]] virtual bool is_connected() const noexcept = 0;
  /// False: too many wait already.
  [[nodiscard]] virtual bool publish(LinkMessage message) = 0;
  /// With a new connection, what is kept waits until its user asks for this, when all is ready to
  /// get it.
  virtual void send_kept() = 0;
  /// Each subject once; wildcards are NATS's. A message that two of them match comes twice.
  virtual void subscribe(std::string subject) = 0;
  virtual void unsubscribe(std::string subject) = 0;
  /// Calls `done` once, on a thread that is no shard, when the server has done what was asked for
  /// before, or there is no connection. One without an answer for four seconds is given up; then
  /// `LinkUser::disconnected` is called first.
  virtual void flush(std::function<void()> done) = 0;
};

/// Makes links.
class Links {
 public:
  static constexpr std::string_view kPort = "nats.links";

  struct Settings {
    Secret url;                         ///< as NATS_SERVERS
    std::string_view purpose;           ///< for servers, log and metrics; lives for ever
    std::size_t waiting_max = 100'000;  ///< messages that wait to be sent; as many are kept
    /// By `read_access`, of the same URL; null: there is nothing beside the URL.
    std::shared_ptr<const ConnectionConfig> access = {};
  };
  /// What is wrong with a URL, without repeating it; nothing if it can be used.
  [[nodiscard]] virtual std::optional<std::string> problem_of(const Secret& url) const = 0;
  /// Reads credentials and TLS beside a URL: `<prefix>_USER`, `…_NKEY`, `…_TLS_CA_FILE` and so on,
  /// as `NATS_…`. `url_name` is the setting that the URL is from. Problems are noted with `env`,
  /// but for those of the URL.
  [[nodiscard]] virtual std::shared_ptr<const ConnectionConfig> read_access(
      EnvReader& env, std::string_view prefix, std::string_view url_name,
      const Secret& url) const = 0;
  /// With a URL that can be used. `user` outlives the link.
  virtual std::unique_ptr<Link> open(Settings settings, LinkUser& user) = 0;

 protected:
  ~Links() = default;
};

}  // namespace rig::nats
