// What does it cost to check a token, by algorithm: signature, claims, and the object that is made
// of them? And when the same token was checked before? Not measured: the way to the threads that
// check the expensive ones, and fetching keys.

#include "logic/testing/signers.hpp"
#include "logic/verification.hpp"
#include "logic/verified_tokens.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <string_view>

namespace rig::jwt {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr system_clock::time_point kNow{seconds(1'700'000'000)};
constexpr std::string_view kClaims =
    R"({"iss":"https://issuer.example/","aud":["rig","shop"],"sub":"8f14e45f-ceea-467f","iat":)"
    R"(1699999000,"exp":1700003600,"jti":"a8f58d1a0e6f3b11","scope":"orders:read orders:write",)"
    R"("realm_access":{"roles":["user","operator"]},"name":"Alice Example"})";

void verify_token(benchmark::State& state) {
  const auto& signer = signer_of(static_cast<Algorithm>(state.range(0)));
  state.SetLabel(std::string(name_of(signer.algorithm())));
  const std::string token = signer.token(kClaims, R"("kid":"key-1")");
  const KeySet keys({key_of(signer, "key-1")}, 1);
  for (auto _ : state) {
    const auto jws = parse_jws(token, kTokenBytesMax);
    auto verdict = verify(*jws, keys.candidates(*jws), {}, kNow);
    if (!verdict) state.SkipWithError("the token is not valid");
    benchmark::DoNotOptimize(verdict);
  }
}
BENCHMARK(verify_token)
    ->DenseRange(0, static_cast<int>(kAlgorithmNames.size()) - 1)
    ->Unit(benchmark::kMicrosecond);

void refuse_forged_token(benchmark::State& state) {
  const auto& signer = signer_of(static_cast<Algorithm>(state.range(0)));
  state.SetLabel(std::string(name_of(signer.algorithm())));
  std::string token = signer.token(kClaims);
  token[token.size() - 6] = token[token.size() - 6] == 'A' ? 'B' : 'A';
  const KeySet keys({key_of(signer)}, 1);
  for (auto _ : state) {
    const auto jws = parse_jws(token, kTokenBytesMax);
    auto verdict = verify(*jws, keys.candidates(*jws), {}, kNow);
    if (verdict) state.SkipWithError("the token is valid");
    benchmark::DoNotOptimize(verdict);
  }
}
BENCHMARK(refuse_forged_token)
    ->Arg(static_cast<int>(Algorithm::kHs256))
    ->Arg(static_cast<int>(Algorithm::kRs256))
    ->Arg(static_cast<int>(Algorithm::kEs256))
    ->Unit(benchmark::kMicrosecond);

/// With 10,000 others that are remembered, too.
void find_verified_token(benchmark::State& state) {
  const std::string token = signer_of(Algorithm::kRs256).token(kClaims);
  VerifiedTokens tokens(100'000, hours(1));
  const auto add = [&](std::string_view text) {
    tokens.add(fingerprint_of(text), std::make_shared<Token>(), text.size(), 1, kNow);
  };
  for (int i = 0; i < 10'000; ++i) add(token + std::to_string(i));
  add(token);
  for (auto _ : state) {
    auto found = tokens.find(fingerprint_of(token), 1, kNow);
    if (!found) state.SkipWithError("the token is not remembered");
    benchmark::DoNotOptimize(found);
  }
}
BENCHMARK(find_verified_token)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rig::jwt
