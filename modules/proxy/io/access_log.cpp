#include "io/access_log.hpp"

#include <rig/core/env.hpp>
#include <rig/core/error.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace rig::proxy {
namespace {

constexpr std::string_view kSample = "RIG_ACCESS_LOG_SAMPLE";
constexpr std::string_view kFile = "RIG_ACCESS_LOG_FILE";

double read_sample(EnvReader& env) {
  const auto text =
      env.text({kSample,
                "Which share of the requests is in the access log, from 0 to 1; those "
                "that fail (500 or more, or cut off) always are"},
               "1");
  double sample = 1;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, sample);
  const bool is_share = parsed.ec == std::errc{} && parsed.ptr == end && sample >= 0 && sample <= 1;
  if (!is_share) env.problem(kSample, "must be a number from 0 to 1, such as 0.01");
  return is_share ? sample : 1;
}

}  // namespace

AccessLogConfig AccessLogConfig::from_env(EnvReader& env) {
  AccessLogConfig config;
  constexpr std::array<std::string_view, 3> kFormats{"off", "json", "combined"};
  config.format = static_cast<Format>(env.choice(
      {"RIG_ACCESS_LOG",
       "A line for each request to the proxy once it is over: as JSON, or in the combined "
       "format of Apache and nginx"},
      kFormats, static_cast<std::size_t>(config.format)));
  config.file =
      env.text({kFile, "File that these lines are appended to; empty: standard output"}, "");
  config.sample = read_sample(env);
  return config;
}

AccessLog::AccessLog(AccessLogConfig config, metrics::Registry& registry)
    : config_(std::move(config)) {
  if (!is_on()) return;
  dropped_ = &registry.counter(
      {"rig_access_log_dropped_total", "Lines of the access log that could not be written"});
}

AccessLog::~AccessLog() {
  lines_.reset();
  if (file_ >= 0) ::close(file_);
}

void AccessLog::start() {
  if (!is_on()) return;
  if (!config_.file.empty()) {
    constexpr int kMode = 0640;
    file_ = ::open(config_.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode);
    if (file_ < 0)
      throw StartupError(std::string(kFile) +
                         " cannot be opened: " + std::generic_category().message(errno));
  }
  lines_.emplace(file_ < 0 ? STDOUT_FILENO : file_, *dropped_);
}

void AccessLog::write(const AccessEntry& entry) {
  const bool is_json = config_.format == AccessLogConfig::Format::kJson;
  lines_->write(is_json ? to_json(entry) : to_combined(entry));
}

}  // namespace rig::proxy
