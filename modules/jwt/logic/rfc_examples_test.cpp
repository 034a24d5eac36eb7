#include "logic/base64url.hpp"
#include "logic/jwks.hpp"
#include "logic/jws.hpp"
#include "logic/key_set.hpp"
#include "logic/verification.hpp"

#include <gtest/gtest.h>

#include <string>

// The examples of RFC 7515, appendix A, and RFC 8037, appendix A.

namespace rig::jwt {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr char kClaims[] =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";
constexpr char kRsaKey[] =
    R"({"kty":"RSA","e":"AQAB","n":")"
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
    R"(FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})";
constexpr char kRsaSignature[] =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

KeySet keys_of(const std::string& jwk) {
  return {parse_jwks(R"({"keys":[)" + jwk + "]}", JwksOrigin::kSettings)->keys, 1};
}

bool is_signed(const std::string& token, const std::string& jwk) {
  const auto keys = keys_of(jwk);
  const auto jws = *parse_jws(token, kTokenBytesMax);
  const auto candidates = keys.candidates(jws);
  return candidates.keys.size() == 1 &&
         candidates.keys[0]->verify(jws.algorithm, jws.signed_text, jws.signature);
}

Verdict verdict_on(const std::string& token, const std::string& jwk, int now) {
  const auto keys = keys_of(jwk);
  const auto jws = *parse_jws(token, kTokenBytesMax);
  return verify(jws, keys.candidates(jws), {}, system_clock::time_point(seconds(now)));
}

TEST(RfcExamples, Hs256) {
  const std::string token = std::string("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.") + kClaims +
                            ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const std::string key =
      R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgU)"
      R"(uTwjAzZr1Z9CAow"})";
  const auto verdict = verdict_on(token, key, 1'300'819'379);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ((*verdict)->claims.at("iss").as_string(), "joe");
  EXPECT_EQ(verdict_on(token, key, 1'300'819'380).error(), Refusal::kExpired);
}

TEST(RfcExamples, Rs256) {
  const std::string token = std::string("eyJhbGciOiJSUzI1NiJ9.") + kClaims + "." + kRsaSignature;
  EXPECT_TRUE(verdict_on(token, kRsaKey, 1'300'819'379).has_value());
}

TEST(RfcExamples, Es256) {
  const std::string token = std::string("eyJhbGciOiJFUzI1NiJ9.") + kClaims +
                            ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQx"
                            "fKTUJqPP3-Kg6NU1Q";
  EXPECT_TRUE(verdict_on(token,
                         R"({"kty":"EC","crv":"P-256",)"
                         R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                         R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
                         1'300'819'379)
                  .has_value());
}

TEST(RfcExamples, Es512) {
  EXPECT_TRUE(is_signed(
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc"
      "-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwN"
      "rmxYbSW9ERBXukOXolLzeO_Jn",
      R"({"kty":"EC","crv":"P-521",)"
      R"("x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqw)"
      R"(QGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf6)"
      R"(3e3kyMj2"})"));
}

TEST(RfcExamples, UnsecuredIsRefused) {
  const std::string token = std::string("eyJhbGciOiJub25lIn0.") + kClaims + ".";
  EXPECT_EQ(parse_jws(token, kTokenBytesMax).error(), Refusal::kAlgorithm);
}

TEST(RfcExamples, Ed25519) {
  EXPECT_TRUE(is_signed(
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcv"
      "Mg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
      R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"));
}

}  // namespace
}  // namespace rig::jwt
