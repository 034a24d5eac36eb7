#include "history_client.hpp"

#include "testkit/json.hpp"
#include "testkit/sse_client.hpp"

#include <exception>
#include <numeric>

namespace history {

using testkit::EventClient;
using testkit::json_at;
using testkit::Received;

namespace {

std::size_t number_at(const std::string& json, std::string_view pointer, std::string_view prefix) {
  const auto text = json_at(json, pointer).value_or("");
  if (!text.starts_with(prefix)) throw testkit::Failure("no event of this run: " + json);
  return std::stoul(text.substr(prefix.size()));
}

void raise(std::atomic<Number>& value, Number to) {
  auto now = value.load();
  while (now < to && !value.compare_exchange_weak(now, to)) {
  }
}

}  // namespace

Client::Client(Stage& stage, testkit::Transport transport, unsigned seed)
    : stage_(stage), transport_(transport), random_(seed) {
  begin_anew();
  thread_ = std::thread([this] { run(); });
}

Client::~Client() {
  give_up();
  join();
}

void Client::join() {
  if (thread_.joinable()) thread_.join();
}

void Client::run() {
  while (!is_over_ && !is_done_) {
    try {
      if (connection_ || connect()) act();
    } catch (const testkit::Closed& problem) {
      leave("lost it");
    } catch (const std::exception& problem) {
      if (failure_.empty()) failure_ = problem.what();
      leave(problem.what());
    }
  }
  connection_.reset();
}

void Client::act() {
  for (auto left = 1 + random_() % 60; left > 0 && !is_done_ && !is_over_; --left)
    take(connection_->next());
  if (stage_.truth != nullptr || !chance(4)) return;
  connection_->die();
  leave("left");
  pause(random_, chance(3) ? 600 : 30);
  if (chance(8)) begin_anew();
}

void Client::begin_anew() {
  mask_ = static_cast<Mask>(1 + random_() % ((1U << kTypes) - 1));
  lives_.emplace_back(mask_);
  cursor_.clear();
}

/// False if nobody lets it in; then it tries another node.
bool Client::connect() {
  const auto door = stage_.doors.any(random_);
  if (!door) {
    pause(random_, 30);
    return false;
  }
  std::vector<std::string> types{std::string(kTick)};
  for (unsigned type = 0; type < kTypes; ++type) {
    if ((mask_ >> type & 1U) != 0) types.push_back(type_name(type));
  }
  testkit::Opening opening{.subscriptions = testkit::subscriptions_to(types), .cursor = cursor_};
  opening.by_header = chance(2);
  try {
    connection_ = EventClient::open(transport_, door->inbound, opening);
  } catch (const testkit::Failure&) {
    pause(random_, 30);
    return false;
  }
  door_ = *door;
  if (!cursor_.empty()) ++resumptions_;
  note("at " + std::to_string(door_.incarnation) + " from " + (cursor_.empty() ? "now" : cursor_));
  return true;
}

void Client::leave(const std::string& why) {
  if (!connection_) return;
  cursor_ = connection_->cursor();
  note(why + ", has " + std::to_string(lives_.back().events()));
  connection_.reset();
  // Without a cursor nobody can go on.
  if (cursor_.empty()) begin_anew();
}

void Client::take(const Received& received) {
  ++heard_;
  if (received.type == "rig.subscriptions_set") return lives_.back().confirmed(Clock::now());
  if (received.type == "rig.gap") {
    const auto reason = json_at(received.json, "/data/reason").value_or("");
    // A cursor of a node that is not known here: what there is follows, whether the client had it
    // or not.
    lives_.back().gap(Clock::now(), reason == "restarted");
    return note("gap: " + reason);
  }
  if (received.type.starts_with("rig.")) return;
  if (received.type != kTick) return take_event(received);
  const auto* truth = stage_.truth.load();
  if (truth != nullptr && lives_.back().problem(*truth, true).empty()) is_done_ = true;
}

void Client::take_event(const Received& received) {
  const auto source = number_at(received.json, "/source", "/source/");
  const auto type = number_at(received.json, "/type", "type-");
  const auto number = static_cast<Number>(number_at(received.json, "/id", ""));
  if (source >= stage_.sources.size() || type >= kTypes)
    throw testkit::Failure("no event of this run: " + received.json);
  lives_.back().got(source, static_cast<unsigned>(type), number);
  auto& from = stage_.sources[source];
  if (from.incarnation != door_.incarnation) raise(from.out[type], number + 1);
}

void Client::note(const std::string& what) { story_.push_back(stage_.now() + what); }

std::string Client::problem(const Truth& truth) const {
  if (!failure_.empty()) return failure_;
  for (const auto& life : lives_) {
    auto problem = life.problem(truth, &life == &lives_.back());
    if (!problem.empty()) return problem;
  }
  return {};
}

std::size_t Client::events() const {
  return std::accumulate(lives_.begin(), lives_.end(), std::size_t{0},
                         [](std::size_t sum, const Life& life) { return sum + life.events(); });
}

std::size_t Client::gaps() const {
  return std::accumulate(lives_.begin(), lives_.end(), std::size_t{0},
                         [](std::size_t sum, const Life& life) { return sum + life.gaps(); });
}

}  // namespace history
