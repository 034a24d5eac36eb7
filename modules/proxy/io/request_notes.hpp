#pragma once

#include "io/access_log.hpp"
#include "io/http_target.hpp"
#include "logic/route_set.hpp"
#include "logic/sampler.hpp"

#include <rig/transport/exchange.hpp>
#include <rig/transport/http_message.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace rig::proxy {

/// What is known of a request for the access log, written when this is destroyed. Lives in the
/// coroutine that waits for the answer, and its exchange lives longer.
class RequestNotes {
 public:
  RequestNotes(AccessLog& log, Sampler& sampler, const transport::Exchange& exchange);
  ~RequestNotes();
  RequestNotes(const RequestNotes&) = delete;
  RequestNotes& operator=(const RequestNotes&) = delete;

  void matched(const Api& api, const Endpoint& endpoint);
  void forwarded(std::string server, const Forwarded& forwarded);
  /// The answer that the gateway itself gives; nothing: there is none to give any more.
  void ended(const std::optional<transport::HttpResponse>& answer);

 private:
  AccessLog& log_;
  Sampler& sampler_;
  const transport::Exchange& exchange_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  AccessEntry entry_;
  // What the entry refers to: definitions may be gone when it is written.
  std::string target_;
  std::string api_;
  std::string endpoint_;
  std::string server_;
};

/// Notes down, if anybody wants to know; nothing is done otherwise. A value.
class NoteTo {
 public:
  NoteTo() = default;
  explicit NoteTo(RequestNotes& notes) noexcept : notes_(&notes) {}

  void matched(const Api& api, const Endpoint& endpoint) const {
    if (notes_ != nullptr) notes_->matched(api, endpoint);
  }
  void forwarded(const Server& server, const Forwarded& forwarded) const {
    if (notes_ != nullptr) notes_->forwarded(server.text(), forwarded);
  }
  /// By whichever of several servers, which it names; none if no one was asked.
  void forwarded(const Forwarded& forwarded) const {
    if (notes_ != nullptr) notes_->forwarded(forwarded.server, forwarded);
  }

 private:
  RequestNotes* notes_ = nullptr;
};

}  // namespace rig::proxy
