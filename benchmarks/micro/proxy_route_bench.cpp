// What does it cost to find the endpoint of a request, among 10 and among 1,000? The second must
// not be much dearer than the first, and at most a microsecond. Each look-up is of another route;
// the normalising of the path, which comes before, is measured alone, as is the head of the
// upstream's request, which comes after. Not measured: building the set.

#include "logic/header_rules.hpp"
#include "logic/path.hpp"
#include "logic/route_set.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

struct Example {
  std::string path;
  std::string path_regex;
  std::string request;
};

Example literal(std::size_t i) {
  const auto path = "/api/v1/service" + std::to_string(i) + "/items";
  return {path, "", path};
}

Example path_template(std::size_t i) {
  const auto path = "/api/v1/service" + std::to_string(i) + "/items/";
  return {path + "{id}", "", path + "4711"};
}

/// As in the contract's example: what varies stands behind literals.
Example pattern(std::size_t i) {
  const auto path = "/api/v1/service" + std::to_string(i) + "/items/";
  return {"", path + "([^/]+)", path + "4711"};
}

/// Nothing before the first group, so that all are candidates.
Example pattern_without_start(std::size_t i) {
  const auto number = std::to_string(i);
  return {"", "/([^/]+)/service" + number + "/items", "/tenant/service" + number + "/items"};
}

/// Literal starts that end within a segment.
Example pattern_within_segment(std::size_t i) {
  const auto number = std::to_string(i);
  return {"", "/item" + number + "-([0-9]+)", "/item" + number + "-4711"};
}

template <Example (*make)(std::size_t)>
void find_route(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  auto api = std::make_shared<Api>();
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < count; ++i) {
    auto example = make(i);
    Endpoint endpoint;
    endpoint.id = std::to_string(i);
    endpoint.method = "GET";
    endpoint.path = std::move(example.path);
    endpoint.path_regex = std::move(example.path_regex);
    api->endpoints.push_back(std::move(endpoint));
    requests.push_back(std::move(example.request));
  }
  const std::vector<std::shared_ptr<const Api>> apis = {api};
  const RouteSet routes(apis);
  std::size_t i = 0;
  for (auto _ : state) {
    auto match = routes.find("GET", requests[i]);
    if (!match) return state.SkipWithError("not found");
    benchmark::DoNotOptimize(match->route);
    if (++i == count) i = 0;
  }
}

void normalise(benchmark::State& state) {
  std::string buffer;
  for (auto _ : state) {
    auto target = parse_target("/api/v1/service17/items/4711?page=2&limit=10", buffer);
    benchmark::DoNotOptimize(target);
  }
}

void upstream_head(benchmark::State& state) {
  Headers headers;
  headers.add("Host", "api.example.com");
  headers.add("User-Agent",
              "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
  headers.add("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
  headers.add("Accept-Language", "en-GB,en;q=0.5");
  headers.add("Accept-Encoding", "gzip, deflate, br, zstd");
  headers.add("Connection", "keep-alive");
  headers.add("Cookie", "session=0123456789abcdef0123456789abcdef");
  headers.add("Authorization", "Bearer 0123456789abcdef0123456789abcdef");
  const ForwardingRules rules;
  UpstreamRequest request{};
  request.method = "GET";
  request.target = "/api/v1/service17/items/4711?page=2&limit=10";
  request.host = "127.0.0.1:8080";
  request.headers = &headers;
  request.forwarding = &rules;
  request.client_ip = "192.0.2.1";
  request.gateway_ip = "10.0.0.1";
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_upstream_head(out, request);
    benchmark::DoNotOptimize(out.data());
  }
}

BENCHMARK(find_route<literal>)->Arg(10)->Arg(1000);
BENCHMARK(find_route<path_template>)->Arg(10)->Arg(1000);
BENCHMARK(find_route<pattern>)->Arg(10)->Arg(1000);
BENCHMARK(find_route<pattern_without_start>)->Arg(10)->Arg(1000);
BENCHMARK(find_route<pattern_within_segment>)->Arg(10)->Arg(1000);
BENCHMARK(normalise);
BENCHMARK(upstream_head);

}  // namespace
}  // namespace rig::proxy
