#include "io/state_exchange.hpp"

#include <rig/core/log.hpp>

#include <string_view>
#include <utility>

namespace rig::cluster {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPageBytes = 256U << 10U;  // a quarter of what servers take by default
constexpr std::size_t kWaitingMax = 4'096;
constexpr std::chrono::seconds kAskInterval{2};

}  // namespace

StateExchange::StateExchange(Executor executor, Ref<nats::Link> link,
                             Ref<sessions::BlacklistReplica> blacklist, Ref<proxy::ApiReplica> apis,
                             Ref<const Subjects> subjects, std::string node,
                             Ref<ClusterMetrics> metrics)
    : link_(link),
      blacklist_(blacklist),
      apis_(apis),
      subjects_(subjects),
      node_(std::move(node)),
      metrics_(metrics),
      timer_(executor),
      tasks_(executor, "cluster.state") {}

/// What changes without a connection is told when there is one.
void StateExchange::watch() {
  blacklist_->on_change([this](const sessions::BlacklistEntry& entry) {
    StatePage page;
    page.blacklist.push_back(entry);
    if (link_->is_connected()) tell(page, subjects_->state());
  });
  apis_->on_change([this](const proxy::ApiEntry& entry) {
    StatePage page;
    page.apis.push_back(entry);
    if (link_->is_connected()) tell(page, subjects_->state());
  });
}

void StateExchange::start() {
  for (const auto* subject : {&subjects_->state(), &subjects_->join(), &subjects_->own()})
    link_->subscribe(*subject);
  tasks_.spawn(keep_joined(Ref(*this)));
}

Task<> StateExchange::stop() {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.join();
}

void StateExchange::ask() {
  has_to_ask_ = true;
  timer_.cancel();
}

void StateExchange::alone() { note_answer(); }

void StateExchange::note_answer() {
  is_unanswered_ = false;
  if (!has_joined_.exchange(true)) RIG_LOG(kInfo, "this node has joined the cluster");
}

/// Asks whenever it has to, and again until somebody answers.
Task<> StateExchange::keep_joined(Ref<StateExchange> self) {
  auto next = Clock::now();
  while (!self->is_stopping_) {
    const bool is_due = self->has_to_ask_ || self->is_unanswered_;
    if (is_due && Clock::now() >= next && self->link_->is_connected()) {
      self->has_to_ask_ = false;
      self->is_unanswered_ = true;
      next = Clock::now() + kAskInterval;
      co_await tell_everything(self, self->subjects_->state());
      self->publish({self->subjects_->join(), self->subjects_->own(), {}});
    }
    const bool is_still_due = self->has_to_ask_ || self->is_unanswered_;
    // Without a connection there is nobody to ask; that there is one ends the wait.
    const bool has_to_wait = is_still_due && self->link_->is_connected();
    self->timer_.expires_at(has_to_wait ? next : Clock::time_point::max());
    // It ends early when there is something to ask, and at the stop.
    (void)co_await self->timer_.async_wait(kUseTaskTuple);
  }
}

void StateExchange::receive(nats::LinkMessage message) {
  metrics_->state_in.add();
  if (waiting_.size() >= kWaitingMax) {
    metrics_->overload.add();
    return ask();
  }
  waiting_.push_back(std::move(message));
  if (!std::exchange(is_working_, true)) tasks_.spawn(work_off(Ref(*this)));
}

/// One after the other, so that the last page of an answer is the last one that is taken.
Task<> StateExchange::work_off(Ref<StateExchange> self) {
  while (!self->waiting_.empty() && !self->is_stopping_) {
    auto message = std::move(self->waiting_.front());
    self->waiting_.pop_front();
    if (message.subject != self->subjects_->join()) {
      co_await take(self, std::move(message));
    } else if (self->subjects_->is_of_a_node(message.reply_to)) {
      co_await tell_everything(self, std::move(message.reply_to));
    } else {
      self->metrics_->invalid.add();
    }
  }
  self->is_working_ = false;
}

Task<> StateExchange::take(Ref<StateExchange> self, nats::LinkMessage message) {
  auto page = parse_page(message.data);
  if (!page) {
    self->metrics_->invalid.add();
    RIG_LOG(kWarn, "what another node says cannot be read", {"reason", page.error()});
    co_return;
  }
  if (!page->blacklist.empty()) co_await self->blacklist_->merge(std::move(page->blacklist));
  if (!page->apis.empty()) co_await self->apis_->merge(std::move(page->apis));
  if (page->is_last && message.subject == self->subjects_->own()) self->note_answer();
}

Task<> StateExchange::tell_everything(Ref<StateExchange> self, std::string to) {
  StatePage everything;
  everything.blacklist = co_await self->blacklist_->snapshot();
  everything.apis = co_await self->apis_->snapshot_entries();
  for (const auto& page : pages_of(std::move(everything), kPageBytes)) self->tell(page, to);
}

void StateExchange::tell(const StatePage& page, std::string to) {
  StatePage signed_page = page;
  signed_page.node = node_;
  publish({std::move(to), {}, to_text(signed_page)});
}

void StateExchange::publish(nats::LinkMessage message) {
  (link_->publish(std::move(message)) ? metrics_->state_out : metrics_->overload).add();
}

}  // namespace rig::cluster
