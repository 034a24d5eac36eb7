// Gateways on NATS, whose nodes and links come and go at random, against a model of what clients
// may rely on: nothing that was accepted is lost unless a gap is told, nothing comes twice, each
// source's events of a type keep their order, and who is cut off stays cut off.
//
//   cluster_history --seed=7 --runs=200 --seconds=4 [--nodes=3] [--clients=6] [--cuts=1]
//   [--nats=1]
//
// A run that fails prints its seed, what happened, and what the client that found it went through.
#include "history_chaos.hpp"
#include "history_client.hpp"
#include "history_publisher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace history {
namespace {

struct Options {
  unsigned seed = 1;
  unsigned runs = 2;
  unsigned seconds = 4;
  unsigned nodes = 3;
  unsigned clients = 6;
  unsigned publishers = 3;
  unsigned cuts = 1;
  unsigned nats = 0;
};
Options options;

/// So much has to come to a client between two things that happen to the cluster.
constexpr std::size_t kProgress = 20;

/// After the publishers have ended.
Truth truth_of(const Stage& stage, const Chaos& chaos) {
  const auto sources = std::min(stage.next_source.load(), stage.sources.size());
  Truth truth(sources);
  for (std::size_t i = 0; i < sources; ++i) {
    const auto& source = stage.sources[i];
    const bool has_died = chaos.dead().contains(source.incarnation);
    for (unsigned type = 0; type < kTypes; ++type) {
      auto& row = truth.row(i, type);
      row.events = source.events[type];
      row.promised = has_died ? source.out[type].load() : static_cast<Number>(row.events.size());
    }
  }
  return truth;
}

std::string lines(const std::vector<std::string>& list) {
  return std::accumulate(list.begin(), list.end(), std::string{},
                         [](std::string all, const std::string& line) {
                           return std::move(all) + "    " + line + "\n";
                         });
}

/// One life of a cluster, and its judgement.
class History {
 public:
  explicit History(unsigned seed)
      : stage_(options.nodes),
        chaos_(stage_, options.nodes, {options.cuts != 0, options.nats != 0}, seed) {
    for (unsigned i = 0; i < options.clients; ++i)
      clients_.push_back(std::make_unique<Client>(
          stage_, testkit::kTransports[i % testkit::kTransports.size()], seed * 1000 + i));
    for (unsigned i = 0; i < options.publishers; ++i)
      publishers_.push_back(std::make_unique<Publisher>(stage_, seed * 1000 + 500 + i));
  }

  /// Whatever happens.
  void at_random() {
    tell_if_it_fails([this] {
      const auto end = Clock::now() + std::chrono::seconds(options.seconds);
      while (Clock::now() < end) chaos_.step();
      end_of_it();
    });
  }

  /// One node after the other is replaced, under load.
  void rolling_upgrade() {
    tell_if_it_fails([this] {
      for (unsigned node = 0; node < options.nodes; ++node) {
        await_progress();
        chaos_.replace(node);
      }
      await_progress();
      end_of_it();
    });
  }

  [[nodiscard]] std::size_t gaps() const { return gaps_; }

 private:
  template <class Work>
  void tell_if_it_fails(Work work) {
    try {
      work();
    } catch (const std::exception& problem) {
      ADD_FAILURE() << problem.what() << "\nwhat happened:\n" << lines(chaos_.story());
    }
  }

  /// Every client has got something since.
  void await_progress() {
    std::vector<std::size_t> before;
    for (const auto& client : clients_) before.push_back(client->heard());
    EXPECT_TRUE(testkit::eventually([&] {
      chaos_.tick();
      for (std::size_t i = 0; i < clients_.size(); ++i) {
        if (clients_[i]->heard() < before[i] + kProgress) return false;
      }
      return true;
    }));
  }

  void end_of_it() {
    for (auto& publisher : publishers_) publisher->stop();
    chaos_.settle();
    const auto truth = truth_of(stage_, chaos_);
    stage_.truth = &truth;
    (void)testkit::eventually([this] {
      chaos_.tick();
      return std::ranges::all_of(clients_, [](const auto& client) { return client->is_done(); });
    });
    for (auto& client : clients_) client->give_up();
    chaos_.tick();
    for (auto& client : clients_) client->join();
    judge(truth);
  }

  void judge(const Truth& truth) {
    std::string problems = lines(chaos_.problems());
    for (const auto& client : clients_) {
      const auto problem = client->problem(truth);
      if (problem.empty()) continue;
      problems += problem + about(problem, truth) + "\n" + lines(client->story());
    }
    std::size_t events = 0;
    std::size_t resumptions = 0;
    for (const auto& client : clients_) {
      events += client->events();
      gaps_ += client->gaps();
      resumptions += client->resumptions();
    }
    std::cout << events << " deliveries, " << resumptions << " times back, " << gaps_ << " gaps"
              << std::endl;
    if (!problems.empty()) ADD_FAILURE() << problems << "what happened:\n" << lines(chaos_.story());
  }

  /// When and where the event was published that a problem is about.
  std::string about(const std::string& problem, const Truth& truth) const {
    unsigned number = 0;
    unsigned type = 0;
    unsigned source = 0;
    if (std::sscanf(problem.c_str(), "event %u of type %u of source %u", &number, &type, &source) !=
            3 ||
        source >= truth.sources() || number >= truth.row(source, type).events.size())
      return "";
    const auto& event = truth.row(source, type).events[number];
    const bool is_accepted = event.accepted != Clock::time_point{};
    return ": sent " + stage_.at(event.sent) + "to " +
           std::to_string(stage_.sources[source].incarnation) + ", accepted " +
           (is_accepted ? stage_.at(event.accepted) : "never ") + "of " +
           std::to_string(truth.row(source, type).promised) + " promised";
  }

  Stage stage_;
  Chaos chaos_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::size_t gaps_ = 0;
};

TEST(ClusterHistory, IsAsTheModelAllows) {
  for (unsigned i = 0; i < options.runs; ++i) {
    const auto seed = options.seed + i;
    std::cout << "seed " << seed << ": " << std::flush;
    History(seed).at_random();
    if (::testing::Test::HasFailure()) FAIL() << "again: --runs=1 --seed=" << seed;
  }
}

TEST(ClusterHistory, ARollingUpgradeLosesDoublesAndReordersNothing) {
  History history(options.seed);
  history.rolling_upgrade();
  EXPECT_EQ(history.gaps(), 0U);
}

/// True if it is that option.
bool take_option(std::string_view argument, std::string_view name, unsigned& value) {
  if (!argument.starts_with(name)) return false;
  value = static_cast<unsigned>(std::stoul(std::string(argument.substr(name.size()))));
  return true;
}

bool take_any_option(std::string_view argument) {
  return take_option(argument, "--seed=", options.seed) ||
         take_option(argument, "--runs=", options.runs) ||
         take_option(argument, "--seconds=", options.seconds) ||
         take_option(argument, "--nodes=", options.nodes) ||
         take_option(argument, "--clients=", options.clients) ||
         take_option(argument, "--publishers=", options.publishers) ||
         take_option(argument, "--cuts=", options.cuts) ||
         take_option(argument, "--nats=", options.nats);
}

}  // namespace
}  // namespace history

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (history::take_any_option(argv[i])) continue;
    std::cerr << "usage: cluster_history [--seed=N] [--runs=N] [--seconds=N] [--nodes=N] "
                 "[--clients=N] [--publishers=N] [--cuts=0] [--nats=0]\n";
    return 2;
  }
  return RUN_ALL_TESTS();
}
