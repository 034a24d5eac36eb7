#pragma once

#include "logic/key.hpp"
#include "logic/testing/signer.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rig::jwt {

/// A signer for each algorithm, made once: RSA keys take a while.
inline const Signer& signer_of(Algorithm algorithm) {
  static std::map<Algorithm, Signer> made;
  const auto found = made.find(algorithm);
  if (found != made.end()) return found->second;
  const bool is_rsa =
      family_of(algorithm) == Family::kRsa || family_of(algorithm) == Family::kRsaPss;
  const Signer signer = is_rsa && algorithm != Algorithm::kRs256
                            ? signer_of(Algorithm::kRs256).as(algorithm)
                            : Signer::make(algorithm);
  return made.emplace(algorithm, signer).first->second;
}

inline std::vector<Algorithm> all_algorithms() {
  std::vector<Algorithm> all;
  for (std::size_t i = 0; i < kAlgorithmNames.size(); ++i) all.push_back(static_cast<Algorithm>(i));
  return all;
}

inline std::vector<Algorithm> public_key_algorithms() {
  auto algorithms = all_algorithms();
  std::erase_if(algorithms, [](Algorithm one) { return family_of(one) == Family::kHmac; });
  return algorithms;
}

/// What checks the signatures of a signer.
inline Key key_of(const Signer& signer, std::optional<std::string> kid = std::nullopt) {
  const bool is_hmac = family_of(signer.algorithm()) == Family::kHmac;
  auto key = is_hmac ? Key::hmac(only(signer.algorithm()), signer.verification_key())
                     : Key::from_pem(signer.algorithm(), signer.verification_key());
  if (kid) key->set_kid(*std::move(kid));
  return *std::move(key);
}

}  // namespace rig::jwt
