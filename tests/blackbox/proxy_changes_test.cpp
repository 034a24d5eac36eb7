// Definitions change all the time while clients ask without a pause: no request fails, and each is
// answered by a definition that was in force while it ran.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace testkit {
namespace {

constexpr int kRounds = 150;

/// Passes `/same` on as `/<round>`.
std::string definition_of(int round, std::uint16_t port) {
  const auto target = R"(,"path_replacement":"/)" + std::to_string(round) + "\"";
  return api_definition("same", port, endpoint("e", "GET", "/same", target));
}

class ProxyChangesTest : public ::testing::Test {
 protected:
  int manage(const std::string& method, const std::string& path, const std::string& body = "") {
    return fetch(gateway_.api(), {.method = method,
                                  .target = "/v3/apis" + path,
                                  .headers = {{"content-type", "application/json"}},
                                  .body = body})
        .status;
  }
  /// A client that asks until all is over.
  void ask_always() {
    HttpClient client(gateway_.inbound());
    while (!is_over_) {
      const int from = in_force_;
      const auto reply = client.request({.target = "/same"});
      const int until = begun_;
      if (reply.status != 200) {
        ++failed_;
        continue;
      }
      const int round = std::stoi(reply.body);
      if (round < from || round > until) ++wrong_;
      ++asked_;
    }
  }
  /// A client to whom an API that comes and goes is there or not, and nothing else.
  void ask_for_what_comes_and_goes() {
    HttpClient client(gateway_.inbound());
    while (!is_over_) {
      const auto status = client.request({.target = "/other"}).status;
      if (status != 200 && status != 404) ++failed_;
      ++asked_;
    }
  }

  Backend backend_{
      [](const BackendRequest& request) { return answer_bytes(200, request.target.substr(1)); }};
  Gateway gateway_{proxying(definition_of(0, backend_.port()))};
  std::atomic<int> begun_ = 0;     // the round that may be in force
  std::atomic<int> in_force_ = 0;  // the round that is, or one behind it
  std::atomic<int> failed_ = 0;
  std::atomic<int> wrong_ = 0;
  std::atomic<int> asked_ = 0;
  std::atomic<bool> is_over_ = false;
};

TEST_F(ProxyChangesTest, NoRequestFailsWhileDefinitionsChange) {
  const auto other = api_definition("other", backend_.port(), endpoint("o", "GET", "/other"));
  std::vector<std::jthread> clients;
  clients.reserve(5);
  for (int i = 0; i < 4; ++i) clients.emplace_back([this] { ask_always(); });
  clients.emplace_back([this] { ask_for_what_comes_and_goes(); });
  for (int round = 1; round <= kRounds; ++round) {
    EXPECT_EQ(manage("POST", "", other), 201);
    begun_ = round;
    EXPECT_EQ(manage("PUT", "/same", definition_of(round, backend_.port())), 200);
    in_force_ = round;
    EXPECT_EQ(manage("DELETE", "/other"), 204);
  }
  EXPECT_TRUE(eventually([this] { return asked_ > 10 * kRounds; }));
  is_over_ = true;
  clients.clear();
  EXPECT_EQ(failed_, 0);
  EXPECT_EQ(wrong_, 0);
}

}  // namespace
}  // namespace testkit
