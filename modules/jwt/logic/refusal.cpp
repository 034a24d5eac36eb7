#include <rig/jwt/token.hpp>

namespace rig::jwt {

std::string_view name_of(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::kMalformed: return "malformed";
    case Refusal::kAlgorithm: return "algorithm";
    case Refusal::kUnknownKey: return "unknown_key";
    case Refusal::kSignature: return "signature";
    case Refusal::kExpired: return "expired";
    case Refusal::kNotYetValid: return "not_yet_valid";
    case Refusal::kClaim: return "claim";
    case Refusal::kIssuer: return "issuer";
    case Refusal::kAudience: return "audience";
    case Refusal::kNoKeys: return "no_keys";
    case Refusal::kOverloaded: return "overloaded";
  }
  return "?";
}

std::string_view explain(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::kMalformed: return "The token is not a JSON Web Token in its compact form.";
    case Refusal::kAlgorithm: return "The token is signed with an algorithm that is not accepted.";
    case Refusal::kUnknownKey: return "The token names a key that is not known.";
    case Refusal::kSignature: return "The signature of the token is not valid.";
    case Refusal::kExpired: return "The token has expired, or does not say when it expires.";
    case Refusal::kNotYetValid: return "The token is not valid yet.";
    case Refusal::kClaim: return "A claim of the token is not of the right type.";
    case Refusal::kIssuer: return "The token was not issued by the expected issuer.";
    case Refusal::kAudience: return "The token is meant for another audience.";
    case Refusal::kNoKeys: return "There is no key to check tokens with.";
    case Refusal::kOverloaded: return "Too many tokens wait to be checked; try again later.";
  }
  return {};
}

}  // namespace rig::jwt
