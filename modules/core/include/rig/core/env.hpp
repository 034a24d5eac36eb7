#pragma once

#include <rig/core/secret.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig {

/// The process environment as it was when the program started. `from_process()` is the only reader.
using EnvSnapshot = std::map<std::string, std::string, std::less<>>;
EnvSnapshot environment_of_process();

/// What the documentation says of a setting.
struct Setting {
  std::string_view name;
  std::string_view help;  ///< one line, without a full stop
};

struct Range {
  std::int64_t min;
  std::int64_t max;
};

/// Typed reads of the environment. A bad value is noted as a problem and the default is returned,
/// so that all problems are printed together; the application stops after `create` if there is any.
/// Every read is recorded: the settings table, `--print-settings` and the "did you mean" warnings
/// come from here. Used on the main thread while modules are created.
class EnvReader {
 public:
  /// One recorded read.
  struct Record {
    std::string module;
    std::string name;
    std::string type;           ///< "integer", "boolean", "duration (ms)", …
    std::string default_value;  ///< as a user would write it; empty if unset
    std::string allowed;        ///< the range or the choices; empty if any value goes
    std::string help;
    bool secret = false;
  };

  explicit EnvReader(EnvSnapshot env);

  void module(std::string_view name);  ///< the module whose reads follow

  std::string text(Setting setting, std::string_view default_value);
  Secret secret(Setting setting);
  std::int64_t integer(Setting setting, std::int64_t default_value, Range allowed);
  /// Empty if unset: for a setting whose default depends on the machine; its help says how.
  std::optional<std::int64_t> integer(Setting setting, Range allowed);
  bool boolean(Setting setting, bool default_value);
  /// One of `choices`, compared without regard to case; returns its index.
  std::size_t choice(Setting setting, std::span<const std::string_view> choices,
                     std::size_t default_value);
  /// A number of bytes; `64KiB`, `1MiB`, `2GiB` are understood.
  std::uint64_t bytes(Setting setting, std::uint64_t default_value, Range allowed);
  /// A time; `250ms`, `15s`, `5m`, `1h` are understood, a bare number is in milliseconds.
  std::chrono::milliseconds duration(Setting setting, std::chrono::milliseconds default_value,
                                     std::chrono::milliseconds min, std::chrono::milliseconds max);
  /// The content of the file that the value names or, if there is no such file, the value itself,
  /// which then must look like JSON (start with `{` or `[`). Empty if unset.
  std::optional<std::string> file_or_json(Setting setting);

  /// Notes a problem with a setting that only its module can see; printed as "`name` `why`".
  void problem(std::string_view name, std::string_view why);
  /// Notes what is allowed but perhaps not meant; printed as "`name` `what`".
  void warning(std::string_view name, std::string_view what);

  /// The whole environment, for what users name in definitions; settings are read by the above.
  [[nodiscard]] const EnvSnapshot& snapshot() const { return env_; }
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  /// The variables that nobody read but that look like ours, each as a sentence with a suggestion.
  [[nodiscard]] std::vector<std::string> unknown() const;

 private:
  std::optional<std::string> look_up(const Setting& setting, std::string type,
                                     std::string default_value, std::string allowed,
                                     bool secret = false);
  /// Notes that `setting` has a value that it must not have.
  void bad_value(const Setting& setting, std::string_view value, std::string_view allowed);

  EnvSnapshot env_;
  std::string module_ = "core";
  std::vector<Record> records_;
  std::vector<std::string> problems_;
  std::vector<std::string> warnings_;
};

}  // namespace rig
