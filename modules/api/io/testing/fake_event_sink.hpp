#pragma once

/// For tests: remembers what is published and handed over, and is overloaded when told.

#include <rig/subscriptions/event_sink.hpp>

#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::api {

class FakeEventSink final : public subscriptions::EventSink {
 public:
  [[nodiscard]] Outcome publish(cloudevents::EventRef event) override {
    if (published.size() >= room) return Outcome::kOverloaded;
    published.push_back(std::move(event));
    return Outcome::kAccepted;
  }
  [[nodiscard]] Outcome offer(cloudevents::EventRef event) override {
    return publish(std::move(event));
  }
  Task<> handed_over() override {
    handed_over_events = published.size();
    co_return;
  }
  Task<> settled() override { co_return; }
  [[nodiscard]] const cloudevents::FieldPlans& field_plans() const override { return plans_; }

  std::vector<cloudevents::EventRef> published;
  std::size_t handed_over_events = 0;
  std::size_t room = std::numeric_limits<std::size_t>::max();  ///< events until it is overloaded

 private:
  class NoPlans final : public cloudevents::FieldPlans {
   public:
    [[nodiscard]] const cloudevents::FieldPlan* plan_for(std::string_view) const noexcept override {
      return nullptr;
    }
  };
  NoPlans plans_;
};

}  // namespace rig::api
