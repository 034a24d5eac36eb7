#include "tokens.hpp"

#include <gtest/gtest.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace testkit {
namespace {

std::string base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6)
      text += kDigits[(bits >> static_cast<unsigned>(held - 6)) & 63U];
  }
  if (held > 0) text += kDigits[(bits << static_cast<unsigned>(6 - held)) & 63U];
  return text;
}

/// Signatures of all tokens of this process; tests may make them on several threads.
class Made {
 public:
  void add(std::string signature) {
    const std::lock_guard lock(mutex_);
    signatures_.push_back(std::move(signature));
  }
  [[nodiscard]] std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return signatures_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> signatures_;
};

Made& made() {
  static Made instance;
  return instance;
}

}  // namespace

std::string token_of(std::string_view claims, std::string_view secret) {
  const auto signed_part = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size(), mac.data(),
       &size);
  auto signature = base64url({reinterpret_cast<const char*>(mac.data()), size});
  made().add(signature);
  return signed_part + "." + signature;
}

std::string session_token(std::string_view session, std::string_view more,
                          std::chrono::seconds lifetime) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto end = std::chrono::duration_cast<std::chrono::seconds>(now) + lifetime;
  std::string claims =
      R"({"jti":")" + std::string(session) + R"(","exp":)" + std::to_string(end.count());
  if (!more.empty()) claims.append(",").append(more);
  return token_of(claims + "}");
}

void expect_no_token_in_log(const ChildProcess& program) {
  const auto log = program.standard_output() + program.standard_error();
  EXPECT_EQ(log.find(kTokenSecret), std::string::npos) << "the log has the key of the tokens";
  for (const auto& signature : made().all())
    EXPECT_EQ(log.find(signature), std::string::npos) << "the log has a token: " << signature;
}

}  // namespace testkit
