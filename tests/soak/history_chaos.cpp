#include "history_chaos.hpp"

#include "testkit/http.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/tokens.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace history {

using testkit::Link;

namespace {

constexpr int kRefused = 401;
constexpr int kCreated = 201;
constexpr std::size_t kPauseMax = 150;

testkit::Environment settings() {
  return {{"JWT_SECRET_KEY", std::string(testkit::kTokenSecret)},
          {"RIG_OUTBOX_BYTES_MAX", "64MiB"},
          {"RIG_DRAIN_SPREAD", "100ms"},
          {"RIG_LONGPOLLING_WAIT", "1s"},
          {"MAX_CONNECTIONS_PER_MINUTE", "0"}};
}

}  // namespace

Chaos::Chaos(Stage& stage, std::size_t nodes, Perils perils, unsigned seed)
    : stage_(stage),
      perils_(perils),
      random_(seed),
      cluster_(nodes, settings()),
      incarnations_(nodes),
      is_broken_(nodes) {
  for (std::size_t node = 0; node < nodes; ++node) open(node);
}

void Chaos::open(std::size_t node) {
  incarnations_[node] = next_incarnation_++;
  stage_.doors.open(
      node, {cluster_.node(node).inbound(), cluster_.node(node).api(), incarnations_[node]});
}

std::size_t Chaos::running() const {
  std::size_t count = 0;
  for (std::size_t node = 0; node < cluster_.size(); ++node) count += cluster_.runs(node) ? 1 : 0;
  return count;
}

bool Chaos::is_well(std::size_t node) {
  return !is_broken_[node] && testkit::cluster_state(cluster_.node(node)) == "connected";
}

void Chaos::step() {
  const auto node = random_() % cluster_.size();
  const auto what = random_() % 100;
  if (!cluster_.runs(node)) {
    if (what < 60) start(node);
  } else if (what < 10) {
    if (running() > 1) kill(node);
  } else if (what < 20) {
    if (running() > 1) stop(node);
  } else if (what < 60) {
    if (perils_.cuts) break_link(node);
  } else if (what < 63) {
    if (perils_.nats) restart_nats();
  } else if (what < 75) {
    cut_off();
  } else {
    probe(node);
  }
  pause(random_, kPauseMax);
  tick();
}

/// As a balancer does, clients are let in when the node is ready.
void Chaos::start(std::size_t node) {
  cluster_.link(node).heal();
  is_broken_[node] = false;
  cluster_.start(node);
  testkit::await_cluster_state(cluster_.node(node), "connected");
  open(node);
  note("node " + std::to_string(node) + " has started as " + std::to_string(incarnations_[node]));
  probe(node);
}

void Chaos::kill(std::size_t node) {
  note("node " + std::to_string(node) + " is killed, " + std::to_string(incarnations_[node]));
  stage_.doors.close(node);
  cluster_.kill(node);
  dead_.insert(incarnations_[node]);
}

void Chaos::stop(std::size_t node) {
  const bool was_well = is_well(node);
  note("node " + std::to_string(node) + " stops, " + std::to_string(incarnations_[node]) +
       (was_well ? "" : ", without a connection"));
  stage_.doors.close(node);
  cluster_.stop(node);
  if (!was_well) dead_.insert(incarnations_[node]);
  note("it has stopped");
}

void Chaos::replace(std::size_t node) {
  stop(node);
  start(node);
}

/// Or mends it.
void Chaos::break_link(std::size_t node) {
  auto& link = cluster_.link(node);
  const auto of = " of node " + std::to_string(node);
  if (is_broken_[node]) {
    link.heal();
    is_broken_[node] = false;
    return note("the link" + of + " is mended");
  }
  constexpr std::array kHow{" is cut",     " is cut to NATS", " is cut from NATS",
                            " is refused", " is reset",       " is slow"};
  const auto how = random_() % kHow.size();
  switch (how) {
    case 0: link.cut(); break;
    case 1: link.cut(Link::Way::kToServer); break;
    case 2: link.cut(Link::Way::kToClient); break;
    case 3: link.refuse(); break;
    case 4: link.reset(); break;
    default: link.delay(std::chrono::milliseconds(random_() % 30)); break;
  }
  is_broken_[node] = true;
  note("the link" + of + kHow[how]);
}

void Chaos::restart_nats() {
  note("NATS is killed");
  cluster_.nats().kill();
  pause(random_, 300);
  cluster_.nats().start();
  note("NATS is back");
}

void Chaos::cut_off() {
  const auto door = stage_.doors.any(random_);
  if (!door) return;
  const auto session = "session-" + std::to_string(sessions_++);
  const auto status = testkit::fetch(door->api, {.method = "POST",
                                                 .target = "/v3/session-blacklist",
                                                 .headers = {{"content-type", "application/json"}},
                                                 .body = R"({"sessionId":")" + session +
                                                         R"(","validityInSeconds":3600})"})
                          .status;
  note(session + " is cut off at " + std::to_string(door->incarnation) + ": " +
       std::to_string(status));
  if (status == kCreated) new_.push_back(session);
}

bool Chaos::refuses(std::size_t node, const std::string& session) {
  auto request = testkit::sse_request("[]");
  request.target += "&jwt=" + testkit::session_token(session);
  testkit::RawSocket socket(cluster_.node(node).inbound());
  socket.send(testkit::to_bytes(request));
  return testkit::read_reply_head(socket).status == kRefused;
}

/// Whatever has happened to it, a node that lets clients in knows what was settled.
void Chaos::probe(std::size_t node) {
  if (settled_.empty()) return;
  const auto& session = settled_[random_() % settled_.size()];
  if (refuses(node, session)) return;
  problems_.push_back(stage_.now() + "node " + std::to_string(node) + " lets in " + session);
}

void Chaos::settle() {
  for (std::size_t node = 0; node < cluster_.size(); ++node) {
    cluster_.link(node).heal();
    is_broken_[node] = false;
    if (!cluster_.runs(node)) start(node);
  }
  cluster_.heal();
  note("all is well");
  settled_.insert(settled_.end(), new_.begin(), new_.end());
  new_.clear();
  for (std::size_t node = 0; node < cluster_.size(); ++node) {
    for (const auto& session : settled_) {
      if (testkit::eventually([&] { return refuses(node, session); })) continue;
      problems_.push_back(stage_.now() + "node " + std::to_string(node) + " lets in " + session);
    }
  }
}

void Chaos::tick() {
  for (std::size_t node = 0; node < cluster_.size(); ++node) {
    if (!cluster_.runs(node)) continue;
    const auto reply = testkit::fetch(cluster_.node(node).api(),
                                      testkit::publish_request(testkit::event_json(kTick, "tick")));
    constexpr int kAccepted = 202;
    if (reply.status != kAccepted)
      problems_.push_back(stage_.now() + "a tick is answered with " + std::to_string(reply.status));
  }
}

}  // namespace history
