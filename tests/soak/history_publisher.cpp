#include "history_publisher.hpp"

#include "testkit/deadline.hpp"
#include "testkit/http.hpp"
#include "testkit/publisher.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <string>

namespace history {
namespace {

constexpr int kAccepted = 202;
constexpr std::size_t kBurstMax = 20;
constexpr std::size_t kPauseMax = 30;
constexpr unsigned kBurstsPerNode = 60;

std::string event_of(std::size_t source, unsigned type, Number number) {
  return R"({"specversion":"1.0","type":")" + type_name(type) + R"(","source":")" +
         source_name(source) + R"(","id":")" + std::to_string(number) + R"("})";
}

}  // namespace

Publisher::Publisher(Stage& stage, unsigned seed) : stage_(stage), random_(seed) {
  thread_ = std::thread([this] { run(); });
}

void Publisher::stop() {
  is_over_ = true;
  if (thread_.joinable()) thread_.join();
}

void Publisher::run() {
  while (!is_over_) {
    const auto door = stage_.doors.any(random_);
    try {
      if (door) publish_at(*door);
    } catch (const testkit::Closed&) {
      continue;  // the node has gone; whether the last event is in, nobody knows
    } catch (const std::exception& problem) {
      ADD_FAILURE() << "a publisher: " << problem.what();
    }
    pause(random_, kPauseMax);
  }
}

void Publisher::publish_at(const Door& door) {
  testkit::HttpClient client(door.api);
  const auto index = stage_.next_source++;
  if (index >= stage_.sources.size()) {
    is_over_ = true;
    return;
  }
  auto& source = stage_.sources[index];
  source.incarnation = door.incarnation;
  while (!is_over_ && random_() % kBurstsPerNode != 0) {
    for (auto left = 1 + random_() % kBurstMax; left > 0; --left) {
      const unsigned type = random_() % kTypes;
      auto& events = source.events[type];
      const auto number = static_cast<Number>(events.size());
      events.push_back({Clock::now(), {}});
      const auto reply = client.request(testkit::publish_request(event_of(index, type, number)));
      if (reply.status == kAccepted) events.back().accepted = Clock::now();
    }
    pause(random_, kPauseMax);
  }
}

}  // namespace history
