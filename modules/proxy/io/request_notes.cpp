#include "io/request_notes.hpp"

#include <utility>

namespace rig::proxy {
namespace {

using Result = AccessEntry::Result;

constexpr int kServerErrors = 500;

}  // namespace

RequestNotes::RequestNotes(AccessLog& log, Sampler& sampler, const transport::Exchange& exchange)
    : log_(log), sampler_(sampler), exchange_(exchange) {
  entry_.time = std::chrono::system_clock::now();
}

void RequestNotes::matched(const Api& api, const Endpoint& endpoint) {
  api_ = api.id;
  endpoint_ = endpoint.id;
  target_ = logged_target(exchange_.request().target, &api.auth);
}

void RequestNotes::forwarded(std::string server, const Forwarded& forwarded) {
  using Outcome = Forwarded::Outcome;
  server_ = std::move(server);
  entry_.bytes_up = forwarded.bytes_up;
  entry_.bytes_down = forwarded.bytes_down;
  entry_.status = forwarded.status;
  if (forwarded.status != 0) entry_.upstream_duration = forwarded.upstream_time;
  switch (forwarded.outcome) {
    case Outcome::kRelayed: entry_.result = Result::kRelayed; break;
    case Outcome::kCut: entry_.result = Result::kCut; break;
    case Outcome::kClientLeft: entry_.result = Result::kClientLeft; break;
    default: break;  // the gateway answers
  }
}

void RequestNotes::ended(const std::optional<transport::HttpResponse>& answer) {
  if (answer) {
    entry_.result = Result::kAnswered;
    entry_.status = answer->status;
    entry_.bytes_down = exchange_.request().method == "HEAD" ? 0 : answer->body.size();
  } else if (entry_.result == Result::kAborted) {  // it left while an answer was waited for
    entry_.result = Result::kClientLeft;
    entry_.status = 0;
  }
}

RequestNotes::~RequestNotes() {
  const bool is_error = entry_.status >= kServerErrors || entry_.result == Result::kAborted ||
                        entry_.result == Result::kCut;
  if (!is_error && !sampler_.takes(log_.sample())) return;
  const auto& request = exchange_.request();
  if (api_.empty()) target_ = logged_target(request.target, nullptr);
  entry_.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - began_);
  entry_.client_ip = exchange_.peer().address;
  entry_.method = request.method;
  entry_.target = target_;
  entry_.version = request.version;
  entry_.server = server_;
  entry_.api = api_;
  entry_.endpoint = endpoint_;
  entry_.trace_id = trace_id_of(request.headers.find("traceparent").value_or(""));
  entry_.user_agent = request.headers.find("user-agent").value_or("");
  entry_.referer = request.headers.find("referer").value_or("");
  log_.write(entry_);
}

}  // namespace rig::proxy
