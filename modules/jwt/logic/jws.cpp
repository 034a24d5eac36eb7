#include "logic/jws.hpp"

#include "logic/base64url.hpp"
#include "logic/strict_json.hpp"

#include <utility>

namespace rig::jwt {

boost::system::result<Jws, Refusal> parse_jws(std::string_view token, std::size_t bytes_max) {
  if (token.size() > bytes_max) return Refusal::kMalformed;
  const auto first = token.find('.');
  if (first == std::string_view::npos) return Refusal::kMalformed;
  const auto second = token.find('.', first + 1);
  // A third dot is no base64url, so five segments, as encrypted tokens have, end below.
  if (second == std::string_view::npos) return Refusal::kMalformed;

  const auto text = decode_base64url(token.substr(0, first));
  if (!text) return Refusal::kMalformed;
  const auto header = parse_header(*text);
  if (!header) return Refusal::kMalformed;
  auto signature = decode_base64url(token.substr(second + 1));
  if (!signature) return Refusal::kMalformed;

  const auto* const alg = header->if_contains("alg");
  if (alg == nullptr || !alg->is_string()) return Refusal::kMalformed;
  const auto& name = alg->get_string();
  const auto algorithm = algorithm_of({name.data(), name.size()});
  if (!algorithm || header->contains("crit") || header->contains("b64")) return Refusal::kAlgorithm;

  Jws jws{*algorithm, std::nullopt, token.substr(0, second),
          token.substr(first + 1, second - first - 1), std::move(*signature)};
  if (const auto* const kid = header->if_contains("kid")) {
    if (!kid->is_string()) return Refusal::kMalformed;
    const auto& value = kid->get_string();
    jws.kid.emplace(value.data(), value.size());
  }
  return jws;
}

}  // namespace rig::jwt
