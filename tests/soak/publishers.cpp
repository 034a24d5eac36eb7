#include "publishers.hpp"

#include "testkit/deadline.hpp"
#include "testkit/http.hpp"
#include "testkit/publisher.hpp"

#include <gtest/gtest.h>

#include <random>

namespace soak {

std::string type_name(unsigned type) { return "t" + std::to_string(type); }
std::string name_name(unsigned name) { return "n" + std::to_string(name); }

/// A connection that stays.
class EventDoor {
 public:
  EventDoor(std::uint16_t port, std::string path) : client_(port), path_(std::move(path)) {}

  int publish(std::string event) {
    auto request = testkit::publish_request(std::move(event));
    request.target = path_;
    return client_.request(request).status;
  }

 private:
  testkit::HttpClient client_;
  std::string path_;
};

Publishers::Publishers(Doors doors, unsigned seed, std::size_t per_second, std::size_t events_max,
                       std::function<bool(Number)> may_go)
    : doors_(doors),
      seed_(seed),
      per_second_(per_second),
      may_go_(std::move(may_go)),
      published_(events_max) {
  for (int i = 0; i < kPublishers; ++i) {
    threads_.emplace_back([this, i] {
      try {
        run(i);
      } catch (const std::exception& problem) {
        ADD_FAILURE() << "publisher " << i << ": " << problem.what();
      }
    });
  }
}

Publishers::~Publishers() { stop(); }

void Publishers::stop() {
  is_over_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::vector<Published> Publishers::published() const {
  return {published_.begin(),
          published_.begin() + std::min<std::ptrdiff_t>(next_, std::ssize(published_))};
}

void Publishers::run(int index) {
  std::minstd_rand random(seed_ + static_cast<unsigned>(index));
  const bool at_api = index % 2 == 0;
  EventDoor door(at_api ? doors_.api : doors_.inbound, at_api ? "/v3/messages" : "/_rig/v1/events");
  auto due = Clock::now();
  while (!is_over_) {
    const std::size_t burst = 1 + random() % 40;
    due += std::chrono::microseconds(std::size_t{1'000'000} * kPublishers * burst / per_second_);
    for (std::size_t i = 0; i < burst; ++i) {
      const Number number = next_.fetch_add(1);
      if (number >= published_.size()) return;
      (void)testkit::eventually([&] { return is_over_ || may_go_(number); });
      // A few are large, so that the kernel's buffers of who stalls are soon full.
      publish(door, number, random() % 8 == 0 ? random() % 16'000 : random() % 400);
    }
    (void)testkit::eventually([&] { return is_over_ || Clock::now() >= due; });
  }
}

void Publishers::publish(EventDoor& door, Number number, std::size_t padding) {
  constexpr int kAccepted = 202;
  constexpr int kOverloaded = 503;
  const unsigned event_class = class_of(number);
  const auto data = R"({"name":")" + name_name(event_class % kNames) + R"(","padding":")" +
                    std::string(padding, 'x') + "\"}";
  const auto event =
      testkit::event_json(type_name(event_class / kNames), std::to_string(number), data);
  published_[number].sent = Clock::now();
  int status = 0;
  (void)testkit::eventually([&] {
    status = door.publish(event);
    return status != kOverloaded;
  });
  if (status != kAccepted)
    throw testkit::Failure("publishing was answered with " + std::to_string(status));
  published_[number].accepted = Clock::now();
}

}  // namespace soak
