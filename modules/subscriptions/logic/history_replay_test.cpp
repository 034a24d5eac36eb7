// Clients that come from another node: whatever the order in which the events of the nodes come to
// each log, and wherever a client goes, it gets each event once, in the order of its node.
#include "logic/ahead.hpp"
#include "logic/elsewhere.hpp"
#include "logic/replays.hpp"
#include "logic/test_subscriber.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::EventRef;
using cloudevents::LogMark;
using cloudevents::LogPlace;

constexpr std::uint32_t kStream = 100;
constexpr std::size_t kNodes = 3;
constexpr auto kAlways = std::numeric_limits<std::uint64_t>::max();
const std::array<std::string, 3> kTypes{"t", "u", "v"};

/// What travels between nodes.
struct Message {
  LogPlace origin;
  std::string type;
  std::string id;

  [[nodiscard]] EventRef event() const {
    auto made = make_event(type, id);
    made->set_origin(origin);
    return made;
  }
};

/// A node as far as its log goes. It gets and records a type from the moment when somebody asks for
/// it.
struct Node {
  explicit Node(std::uint32_t id) : log_id(id) {}

  /// Puts an event into the log; the one of another node only if it is new.
  EventRef record(const Message& message) {
    auto event = message.event();
    if (message.origin.log == log_id) {
      const auto position = log.append(event, {});
      EXPECT_EQ(position, message.origin.position);
    } else {
      if (!elsewhere.advance(message.origin, {})) return nullptr;
      log.append(event, {});
    }
    event->set_logged({{log_id, log.position()}, 0, elsewhere.places()});
    return event;
  }

  std::uint32_t log_id;
  EventLog log{LogLimits{}};
  Elsewhere elsewhere{std::chrono::hours(1), 32};
  Replays replays{log_id, 4, true};
  std::deque<Message> coming;   // from other nodes
  std::vector<Message> unsure;  // what it has sent and may have to send again
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (std::uint32_t i = 0; i < kNodes; ++i) nodes_.push_back(std::make_unique<Node>(i + 1));
  }
  ~World() { leave(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void run(int steps) {
    go_to(pick(kNodes), Cursor{});
    for (int i = 0; i < steps; ++i) step();
    while (!is_live_) advance_replay();
    for (auto& node : nodes_) deliver_all(*node);
    EXPECT_EQ(got_, expected_);
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  void step() {
    switch (pick(7)) {
      case 0:
      case 1: return publish();
      case 2:
      case 3: return deliver_one(*nodes_[pick(kNodes)]);
      case 4: return advance_replay();
      case 5: return pick(4) == 0 ? send_again(*nodes_[pick(kNodes)]) : publish();
      default: break;
    }
    if (pick(4) != 0) return;
    const Cursor cursor = place_;
    leave();
    go_to(pick(kNodes), cursor);
  }

  void publish() {
    Node& node = *nodes_[pick(kNodes)];
    const auto& type = kTypes[pick(kTypes.size())];
    Message message{{node.log_id, node.log.position() + 1}, type, std::to_string(++published_)};
    to_client(node, node.record(message));
    send(node, message);
    if (pick(4) == 0) node.unsure.clear();
    node.unsure.push_back(message);
    if (wanted_.contains(type)) expected_[node.log_id].push_back(message.id);
  }

  void send(const Node& node, const Message& message) {
    stream_.push_back(message);
    for (auto& other : nodes_) {
      if (other.get() != &node && other->log.records(message.type))
        other->coming.push_back(message);
    }
  }
  /// As after the loss of a connection: all of it has been recorded already.
  void send_again(const Node& node) {
    for (const auto& message : node.unsure) send(node, message);
  }

  void deliver_one(Node& node) {
    if (node.coming.empty()) return;
    const Message message = std::move(node.coming.front());
    node.coming.pop_front();
    to_client(node, node.record(message));
  }
  void deliver_all(Node& node) {
    while (!node.coming.empty()) deliver_one(node);
  }

  /// Live delivery.
  void to_client(const Node& node, const EventRef& event) {
    if (event == nullptr || &node != at_ || !is_live_ || !wanted_.contains(event->type())) return;
    if (!Ahead::has(*client_)) return receive(event);
    ahead_.deliver(*client_, event);
  }
  void receive(const EventRef& event) {
    got_[event->origin().log].push_back(event->id());
    const LogMark& mark = event->log_mark();
    place_ = {mark.place.log, mark.place.position, 0, {}};
    if (mark.elsewhere != nullptr) place_.elsewhere = *mark.elsewhere;
    ASSERT_LE(place_.text().size(), Cursor::kTextMax);
    place_ = *Cursor::parse(place_.text());
  }

  void go_to(std::size_t node, const Cursor& cursor) {
    at_ = nodes_[node].get();
    client_ = std::make_unique<TestSubscriber>();
    client_->on_deliver = [this] { receive(client_->last); };
    SubscriptionList list;
    for (const auto& type : wanted_) {
      at_->log.start(type);
      list.push_back(subscribe(type));
    }
    if (cursor == Cursor{}) {
      fence(*at_);
      is_live_ = true;
      place_ = {at_->log_id, at_->log.position(), 0, *at_->elsewhere.places()};
      return;
    }
    is_live_ = false;
    at_->replays.add(*client_, list, cursor.text());
    at_->replays.begin(*client_, at_->log.position());
  }
  void leave() {
    if (client_ != nullptr) {
      at_->replays.remove(*client_);
      ahead_.remove(*client_);
    }
    client_.reset();
  }

  /// What was recorded before is here.
  LogPlace fence(Node& node) {
    deliver_all(node);
    const LogPlace end{kStream, stream_.size()};
    node.elsewhere.advance(end, {});
    return end;
  }

  void advance_replay() {
    if (is_live_) return;
    std::size_t delivered = 0;
    if (auto wanted = at_->replays.take_history()) {
      const auto here = at_->log.position();
      for (auto more = pick(3); more != 0; --more) publish();
      const auto read = history(fence(*at_), seen_of(wanted->request));
      for (const auto origin : read->origins()) {
        if (origin.log != at_->log_id) at_->elsewhere.advance(origin, {});
      }
      at_->replays.receive_history(*wanted, read, here);
      return;
    }
    if (auto request = at_->replays.take()) {
      request->bytes_max = 1 + pick(6);
      if (request->is_of_history) return at_->replays.deliver_history(*request, delivered);
      const auto page = at_->log.read(*request->types, request->after, 1 + pick(3), 1'000);
      EXPECT_TRUE(page.is_complete);
      auto finished = at_->replays.receive(*request, page, delivered);
      is_live_ = finished.subscriber != nullptr;
      if (is_live_ && !finished.seen.is_empty())
        ahead_.add(*client_, std::move(finished.seen), kAlways);
      return;
    }
    at_->replays.next(*client_);
  }

  static std::size_t seen_of(const HistoryRequest& request) {
    for (const auto place : request.seen) {
      if (place.log == kStream) return place.position;
    }
    ADD_FAILURE() << "a cursor without a place in the stream";
    return 0;
  }
  /// As it is read for this client, or for others too, who need more of it.
  [[nodiscard]] HistoryRef history(LogPlace end, std::size_t seen) {
    auto made = std::make_shared<History>(end);
    for (std::size_t i = pick(2) == 0 ? seen : pick(seen + 1); i < end.position; ++i) {
      auto event = stream_[i].event();
      event->set_logged({{kStream, i + 1}, 0, {}});
      made->add(std::move(event));
    }
    return made;
  }

  std::minstd_rand random_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Message> stream_;
  int published_ = 0;
  const std::set<std::string> wanted_{"t", "u"};
  Node* at_ = nullptr;
  bool is_live_ = false;
  std::unique_ptr<TestSubscriber> client_;
  Ahead ahead_;
  Cursor place_;
  std::map<std::uint32_t, std::vector<std::string>> got_;
  std::map<std::uint32_t, std::vector<std::string>> expected_;
};

TEST(HistoryReplay, AClientGetsEachEventOnceWhereverItGoes) {
  for (unsigned seed = 1; seed <= 1'000 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    World(seed).run(80);
  }
}

}  // namespace
}  // namespace rig::subscriptions
