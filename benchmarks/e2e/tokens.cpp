// rig_tokens COUNT FOLDER: writes so many different tokens (RS256), a line each, to FOLDER/tokens,
// and the public key that they are checked with to FOLDER/key.pem.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "logic/testing/signer.hpp"

namespace {

using rig::jwt::Algorithm;
using rig::jwt::Signer;

/// The year 2100.
constexpr std::string_view kEnd = "4102444800";

std::string token_of(const Signer& signer, std::size_t number) {
  const auto name = std::to_string(number);
  return signer.token(R"({"sub":"user-)" + name + R"(","jti":"session-)" + name + R"(","exp":)" +
                      std::string(kEnd) + "}");
}

std::vector<std::string> make_tokens(const Signer& signer, std::size_t count) {
  std::vector<std::string> tokens(count);
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      for (std::size_t i = worker; i < count; i += workers) {
        tokens[i] = token_of(signer, i);
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  return tokens;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  const std::string_view text = argc == 3 ? argv[1] : "";
  if (std::from_chars(text.data(), text.data() + text.size(), count).ptr == text.data()) {
    std::fprintf(stderr, "usage: rig_tokens COUNT FOLDER\n");
    return 2;
  }
  const std::string folder = argv[2];
  const Signer signer = Signer::make(Algorithm::kRs256);
  std::ofstream key(folder + "/key.pem");
  key << signer.verification_key();
  std::ofstream lines(folder + "/tokens");
  for (const auto& token : make_tokens(signer, count)) {
    lines << token << '\n';
  }
  key.close();
  lines.close();
  if (!key || !lines) {
    std::fprintf(stderr, "rig_tokens: cannot write to %s\n", argv[2]);
    return 1;
  }
  return 0;
}
