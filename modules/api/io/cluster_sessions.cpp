#include "io/cluster_sessions.hpp"

#include "logic/merged_page.hpp"

#include <rig/core/deadline.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace rig::api {
namespace {

const std::string kService = "sessions";
constexpr std::chrono::seconds kTimeout{1};

}  // namespace

void ClusterSessions::serve() {
  calls_->serve(kService,
                [here = here_](std::string text) { return answer(here, std::move(text)); });
}

Task<> ClusterSessions::withdraw() { return calls_->withdraw(kService); }

Task<ClusterSessions::Listing> ClusterSessions::list(SessionQuestion question) {
  return ask_all(Ref(*this), std::move(question));
}

Task<ClusterSessions::Listing> ClusterSessions::ask_all(Ref<ClusterSessions> self,
                                                        SessionQuestion question) {
  const auto limit = question.limit;
  const auto answers =
      co_await self->calls_->call_all(kService, to_text(question), Deadline::after(kTimeout));
  std::vector<sessions::Page> pages{co_await of_this_node(self->here_, std::move(question))};
  Listing listing;
  for (const auto& [node, result] : answers) {
    auto page = result ? parse_session_page(*result) : std::nullopt;
    if (page) {
      pages.push_back(*std::move(page));
    } else if (result || result.error() != peers::CallFailure::kNoSuchNode) {
      listing.missing.push_back(node);
    }
  }
  listing.page = merged_page(std::move(pages), limit);
  co_return listing;
}

Task<sessions::Page> ClusterSessions::of_this_node(Ref<sessions::Sessions> here,
                                                   SessionQuestion question) {
  if (question.limit > 0) co_return co_await here->list(std::move(question.after), question.limit);
  sessions::Page page;
  page.connections = question.user.empty() ? co_await here->of_session(std::move(question.session))
                                           : co_await here->of_user(std::move(question.user));
  co_return page;
}

Task<std::string> ClusterSessions::answer(Ref<sessions::Sessions> here, std::string text) {
  auto question = parse_session_question(text);
  if (!question) co_return "no question";  // nor an answer
  const auto page = co_await of_this_node(here, *std::move(question));
  co_return to_text(page);
}

}  // namespace rig::api
