#include "client.hpp"

#include "testkit/json.hpp"
#include "testkit/subscription_requests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

namespace soak {

using testkit::Closed;
using testkit::EventClient;
using testkit::Failure;
using testkit::Received;

namespace {

/// In a row: then the gateway is not there any more.
constexpr std::size_t kRefusedMax = 100;
constexpr int kSmallBuffer = 64 << 10;
constexpr int kOk = 200;
constexpr int kNoContent = 204;

/// Of a connection that the gateway has ended, which the client has yet to find out.
bool is_gone(int status) { return status == 404 || status == 410; }

Number number_of(const std::string& json) {
  constexpr std::string_view kMark = R"("id":")";
  const auto at = json.find(kMark);
  if (at == std::string::npos) throw Failure("no id: " + json);
  Number number = 0;
  std::from_chars(json.data() + at + kMark.size(), json.data() + json.size(), number);
  return number;
}

}  // namespace

std::string subscriptions_to(Mask mask) {
  std::string json = R"([{"eventType":"tick","oneOf":[]})";
  for (unsigned type = 0; type < kTypes; ++type) {
    const auto names = mask >> (type * kNames) & 0xffU;
    if (names == 0) continue;
    json += R"(,{"eventType":")" + type_name(type) + R"(","oneOf":[)";
    for (unsigned name = 0; name < kNames && names != 0xff; ++name) {
      if ((names >> name & 1U) == 0) continue;
      if (json.back() != '[') json += ',';
      json += R"({"name":")" + name_name(name) + "\"}";
    }
    json += "]}";
  }
  return json + "]";
}

Client::Client(Habits habits, Doors doors, unsigned seed)
    : habits_(habits), doors_(doors), random_(seed) {
  mask_ = habits.is_steady ? kEverything : random_mask();
  connect();
  while (!is_greeted_) read(1);
  thread_ = std::thread([this] {
    try {
      run();
    } catch (const std::exception& problem) {
      ADD_FAILURE() << testkit::name_of(habits_.transport) << ": " << problem.what();
    }
    connection_.reset();
    is_done_ = true;
  });
}

Client::~Client() {
  give_up();
  if (thread_.joinable()) join();
}

void Client::join() { thread_.join(); }

void Client::run() {
  std::size_t refused = 0;
  while (!is_done_) {
    try {
      if (!connection_) connect();
      refused = 0;
      act();
    } catch (const Closed&) {
      const bool was_refused = connection_ == nullptr;
      if (was_refused && ++refused > kRefusedMax) throw;
      leave();
    }
  }
}

void Client::act() {
  if (habits_.is_steady) return read(1);
  switch (random_() % 40) {
    case 0:
    case 1: return pause(100);
    case 2: pause(chance(4) ? 4000 : 400); return;
    case 3:
    case 4:
    case 5: return replace();
    case 6: return look();
    case 7:
    case 8: connection_->die(); return leave();
    case 9:
      if (!chance(4)) return;
      connection_->socket().close();
      cursor_ = chance(4) ? "none" : "";
      mask_ = random_mask();
      wishes_.clear();
      connection_.reset();
      return;
    default: return read(1 + random_() % 60);
  }
}

Mask Client::random_mask() {
  switch (random_() % 4) {
    case 0: return kEverything;
    case 1:
      return Mask{0xff} << (random_() % kTypes * kNames) | Mask{0xff}
                                                               << (random_() % kTypes * kNames);
    case 2: return Mask{1} << (random_() % (std::size_t{kTypes} * kNames));
    default: {
      const Mask first = random_();
      const Mask second = random_();
      return first << 33U ^ second;
    }
  }
}

/// Whatever ended the connection: the next one resumes, if there is something to resume from.
void Client::leave() {
  if (connection_) cursor_ = connection_->cursor();
  connection_.reset();
  wishes_.clear();
  if (cursor_ == "none") cursor_.clear();
  if (!habits_.is_steady && chance(2)) mask_ = random_mask();
}

void Client::connect() {
  const bool has_no_cursor = cursor_.empty() || cursor_ == "none";
  testkit::Opening opening{.subscriptions = subscriptions_to(mask_), .cursor = cursor_};
  opening.by_header = chance(2);
  // Not much smaller: with less than one packet of room, Linux sends one every 200 ms.
  if (!habits_.is_steady && chance(2)) opening.receive_buffer = kSmallBuffer;
  asked_ = Clock::now();
  is_greeted_ = false;
  is_new_ = has_no_cursor;
  is_gap_expected_ = cursor_ == "none";
  if (is_new_) {
    lives_.emplace_back();
  } else {
    lives_.back().resumed(mask_);
    ++resumptions_;
  }
  connection_ = EventClient::open(habits_.transport, doors_.inbound, opening);
}

void Client::read(std::size_t count) {
  for (; count > 0 && !is_done_; --count) take(connection_->next());
}

void Client::take(const Received& received) {
  if (received.type == kTick) return take_tick(received);
  if (received.type == "rig.connection.create") return;
  if (received.type == "rig.subscriptions_set") return take_confirmation(received);
  if (received.type == "rig.gap" && std::exchange(is_gap_expected_, false)) return;
  if (received.type.starts_with("rig.")) throw Failure("unexpected: " + received.json);
  const auto number = number_of(received.json);
  lives_.back().got(number);
  numbers_.push_back(number);
}

void Client::take_confirmation(const Received& received) {
  const auto now = Clock::now();
  const bool has_cursor = !received.cursor.empty();
  const auto told = testkit::json_at(received.json, "/data").value_or("");
  if (!std::exchange(is_greeted_, true)) {
    if (told != subscriptions_to(mask_)) throw Failure("greeted with " + told);
    if (is_new_) lives_.back().confirmed(mask_, asked_, now, has_cursor);
    return;
  }
  // Not always the oldest: a message on the connection and a PUT can overtake each other, and of
  // several only the last needs to be confirmed.
  const auto wish = std::ranges::find(wishes_, told, &Wish::subscriptions);
  if (wish == wishes_.end()) throw Failure("nobody asked for " + told);
  mask_ = wish->mask;
  lives_.back().confirmed(mask_, wish->asked, now, has_cursor);
  wishes_.erase(wish);
  ++replacements_;
}

/// A tick is a place to resume from, like any event.
void Client::take_tick(const Received& received) {
  const auto now = Clock::now();
  lives_.back().confirmed(mask_, now, now, !received.cursor.empty());
  heard_of_ =
      static_cast<Number>(std::stoul(testkit::json_at(received.json, "/data/upto").value_or("0")));
  if (testkit::json_at(received.json, "/data/last") != "true") return;
  lives_.back().saw_the_end();
  is_done_ = true;
}

void Client::replace() {
  if (!is_greeted_) return read(1);
  const auto mask = random_mask();
  wishes_.push_back({subscriptions_to(mask), mask, Clock::now()});
  const auto& subscriptions = wishes_.back().subscriptions;
  if (chance(2) && connection_->replace_in_band(subscriptions)) return;
  const auto status = testkit::fetch(doors_.inbound, testkit::put_subscriptions(
                                                         connection_->token(), subscriptions,
                                                         testkit::name_of(habits_.transport)))
                          .status;
  if (status != kNoContent && !is_gone(status))
    throw Failure("PUT was answered with " + std::to_string(status));
}

void Client::look() {
  if (!is_greeted_) return read(1);
  const auto status =
      testkit::fetch(doors_.inbound, testkit::get_subscriptions(
                                         connection_->token(), testkit::name_of(habits_.transport)))
          .status;
  if (status != kOk && !is_gone(status))
    throw Failure("GET was answered with " + std::to_string(status));
}

void Client::pause(std::size_t milliseconds_max) {
  const std::chrono::milliseconds time(random_() % milliseconds_max);
  (void)testkit::eventually([] { return false; }, testkit::Deadline(time));
}

}  // namespace soak
