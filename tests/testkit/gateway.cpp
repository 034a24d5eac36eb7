#include "gateway.hpp"

#include "json.hpp"
#include "tokens.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <iterator>

namespace testkit {
namespace {

constexpr std::string_view kSanitizerMarks[] = {"AddressSanitizer", "LeakSanitizer",
                                                "ThreadSanitizer", "UndefinedBehaviorSanitizer",
                                                "runtime error:"};

}  // namespace

std::vector<std::string> log_lines(std::string_view log, std::string_view message) {
  std::vector<std::string> lines;
  for (std::size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    const auto line = log.substr(0, end);
    log.remove_prefix(end + 1);
    if (line.starts_with('{') && json_at(line, "/message") == message) lines.emplace_back(line);
  }
  return lines;
}

void expect_no_sanitizer_report(const ChildProcess& program) {
  const auto errors = program.standard_error();
  for (const auto mark : kSanitizerMarks) {
    if (errors.find(mark) != std::string::npos) {
      ADD_FAILURE() << "the program printed a sanitizer's report:\n" << errors;
      return;
    }
  }
}

Environment default_settings(const Environment& changes) {
  Environment settings{
      {"INBOUND_PORT", "0"}, {"API_HTTP_PORT", "0"}, {"LOG_FMT", "json"}, {"RIG_SHARDS", "2"}};
  for (const auto& [name, value] : changes) settings[name] = value;
  return settings;
}

std::string Gateway::program_path() { return RIG_PROGRAM; }

Gateway::Gateway(const Environment& changes, const std::string& program)
    : process_({program}, default_settings(changes)) {
  await_ready();
  inbound_ = port_of("inbound");
  api_ = port_of("api");
  if (const auto token = changes.find("API_TOKEN"); token != changes.end())
    api_token_ = token->second;
}

Gateway::~Gateway() {
  if (is_over_) return;
  try {
    stop();
  } catch (const std::exception& problem) {
    ADD_FAILURE() << "the gateway could not be stopped: " << problem.what();
  }
}

void Gateway::await_ready() {
  const auto is_ready = [this] { return !log_lines(process_.standard_output(), "ready").empty(); };
  bool ready = false;
  const bool decided = eventually([&] { return (ready = is_ready()) || process_.has_ended(); });
  if (ready) return;
  const auto how = decided ? "ended with " + std::to_string(process_.wait_exit().value_or(-1)) +
                                 " instead of being ready"
                           : std::string("is not ready");
  throw Failure("the gateway " + how + "\n" + process_.standard_output() +
                process_.standard_error());
}

std::uint16_t Gateway::port_of(std::string_view door) const {
  for (const auto& line : log_lines(process_.standard_output(), "listening")) {
    if (json_at(line, "/metadata/door") == door) {
      return static_cast<std::uint16_t>(std::stoi(json_at(line, "/metadata/port").value_or("0")));
    }
  }
  throw Failure("no log line tells the port of the door " + std::string(door));
}

std::size_t Gateway::open_files() const {
  const auto folder = "/proc/" + std::to_string(process_.pid()) + "/fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                std::filesystem::directory_iterator()));
}

std::size_t Gateway::resident_memory() const {
  const auto pages = read_file("/proc/" + std::to_string(process_.pid()) + "/statm");
  return std::stoul(pages.substr(pages.find(' '))) *
         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void Gateway::stop() {
  if (!process_.has_ended()) {
    EXPECT_EQ(metric("rig_unexpected_errors_total"), 0) << process_.standard_output();
    process_.signal(SIGTERM);
  }
  expect_exit(0);
}

void Gateway::expect_exit(int code) {
  is_over_ = true;
  const auto exit_code = process_.wait_exit();
  if (!exit_code) {
    ADD_FAILURE() << "the gateway does not end\n"
                  << process_.standard_output() << process_.standard_error();
    return;
  }
  EXPECT_EQ(*exit_code, code) << process_.standard_output() << process_.standard_error();
  expect_no_sanitizer_report(process_);
  expect_no_token_in_log(process_);
}

void Gateway::kill_now() {
  is_over_ = true;
  process_.signal(SIGKILL);
  EXPECT_TRUE(process_.wait_exit().has_value());
}

}  // namespace testkit
