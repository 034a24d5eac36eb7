#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Setting kPort{"INBOUND_PORT", "Port for clients"};
constexpr Range kPorts{0, 65535};
constexpr std::array<std::string_view, 3> kFormats = {"erlang", "json", "gcl"};

/// A folder that is gone when the test ends.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "rig-env-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string path() const { return path_.string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

TEST(Env, UnsetSettingsTakeTheirDefaults) {
  EnvReader env({});
  EXPECT_EQ(env.text({"HOST", ""}, "localhost"), "localhost");
  EXPECT_EQ(env.integer(kPort, 4000, kPorts), 4000);
  EXPECT_EQ(env.integer({"RIG_SHARDS", ""}, Range{1, 256}), std::nullopt);
  EXPECT_TRUE(env.boolean({"B", ""}, true));
  EXPECT_EQ(env.choice({"LOG_FMT", ""}, kFormats, 1), 1U);
  EXPECT_EQ(env.bytes({"S", ""}, 1024, {0, 4096}), 1024U);
  EXPECT_EQ(env.duration({"D", ""}, seconds(5), milliseconds(0), seconds(10)), seconds(5));
  EXPECT_EQ(env.file_or_json({"EXTRACTORS", ""}), std::nullopt);
  EXPECT_TRUE(env.secret({"K", ""}).empty());
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(Env, SetButEmptyCountsAsUnsetForEveryTypeButText) {
  EnvReader env({{"HOST", ""},
                 {"INBOUND_PORT", ""},
                 {"RIG_SHARDS", ""},
                 {"B", ""},
                 {"LOG_FMT", ""},
                 {"S", ""},
                 {"D", ""},
                 {"EXTRACTORS", ""},
                 {"K", ""}});
  EXPECT_EQ(env.text({"HOST", ""}, "localhost"), "");
  EXPECT_EQ(env.integer(kPort, 4000, kPorts), 4000);
  EXPECT_EQ(env.integer({"RIG_SHARDS", ""}, Range{1, 256}), std::nullopt);
  EXPECT_TRUE(env.boolean({"B", ""}, true));
  EXPECT_EQ(env.choice({"LOG_FMT", ""}, kFormats, 1), 1U);
  EXPECT_EQ(env.bytes({"S", ""}, 1024, {0, 4096}), 1024U);
  EXPECT_EQ(env.duration({"D", ""}, seconds(5), milliseconds(0), seconds(10)), seconds(5));
  EXPECT_EQ(env.file_or_json({"EXTRACTORS", ""}), std::nullopt);
  EXPECT_TRUE(env.secret({"K", ""}).empty());
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(Env, GoodValuesAreRead) {
  EnvReader env({{"HOST", " a b "},
                 {"INBOUND_PORT", "65535"},
                 {"RIG_SHARDS", "1"},
                 {"B", "No"},
                 {"LOG_FMT", "GCL"},
                 {"S", "1KiB"},
                 {"D", "10s"},
                 {"K", "top secret"}});
  EXPECT_EQ(env.text({"HOST", ""}, "localhost"), " a b ");
  EXPECT_EQ(env.integer(kPort, 4000, kPorts), 65535);
  EXPECT_EQ(env.integer({"RIG_SHARDS", ""}, Range{1, 256}), 1);
  EXPECT_FALSE(env.boolean({"B", ""}, true));
  EXPECT_EQ(env.choice({"LOG_FMT", ""}, kFormats, 0), 2U);
  EXPECT_EQ(env.bytes({"S", ""}, 1, {0, 1024}), 1024U);
  EXPECT_EQ(env.duration({"D", ""}, seconds(5), milliseconds(0), seconds(10)), seconds(10));
  EXPECT_EQ(env.secret({"K", ""}).reveal(), "top secret");
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(Env, EveryBadValueIsOneSentenceAndTheDefaultIsTaken) {
  EnvReader env({{"INBOUND_PORT", "abc"},
                 {"RIG_SHARDS", "0"},
                 {"B", "maybe"},
                 {"LOG_FMT", "xml"},
                 {"S", "5KiB"},
                 {"D", "11s"}});
  EXPECT_EQ(env.integer(kPort, 4000, kPorts), 4000);
  EXPECT_EQ(env.integer({"RIG_SHARDS", ""}, Range{1, 256}), std::nullopt);
  EXPECT_FALSE(env.boolean({"B", ""}, false));
  EXPECT_EQ(env.choice({"LOG_FMT", ""}, kFormats, 0), 0U);
  EXPECT_EQ(env.bytes({"S", ""}, 1024, {512, 4096}), 1024U);
  EXPECT_EQ(env.duration({"D", ""}, seconds(5), milliseconds(100), seconds(10)), seconds(5));
  EXPECT_THAT(
      env.problems(),
      ElementsAre(
          R"(INBOUND_PORT is "abc", but must be a whole number from 0 to 65535)",
          R"(RIG_SHARDS is "0", but must be a whole number from 1 to 256)",
          R"(B is "maybe", but must be true, 1 or yes, or else false, 0 or no)",
          R"(LOG_FMT is "xml", but must be one of erlang, json, gcl)",
          R"(S is "5KiB", but must be a number of bytes from 512 to 4KiB, like 65536 or 64KiB)",
          R"(D is "11s", but must be a time from 100ms to 10s, like 250ms, 15s, 5m or 1h)"));
}

TEST(Env, RangeEndsAreAllowedAndTheNextValueIsNot) {
  for (const auto& [value, good] :
       {std::pair{"0", true}, {"65535", true}, {"-1", false}, {"65536", false}, {"4000 ", false}}) {
    EnvReader env({{"INBOUND_PORT", value}});
    env.integer(kPort, 4000, kPorts);
    EXPECT_EQ(env.problems().empty(), good) << value;
  }
}

TEST(Env, HalfOpenRangesAreSpelledOut) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  EnvReader env({{"A", "-1"}, {"B", "9"}, {"C", "x"}});
  env.integer({"A", ""}, 0, {0, kMax});
  env.integer({"B", ""}, 0, {kMin, 8});
  env.integer({"C", ""}, 0, {kMin, kMax});
  EXPECT_THAT(env.problems(), ElementsAre("A is \"-1\", but must be a whole number of at least 0",
                                          "B is \"9\", but must be a whole number of at most 8",
                                          "C is \"x\", but must be a whole number"));
}

TEST(Env, ProblemIsOneLineWhateverTheValueHolds) {
  EnvReader env({{"INBOUND_PORT", "4\n\x1b[31m" + std::string(500, 'x')}});
  env.integer(kPort, 4000, kPorts);
  ASSERT_EQ(env.problems().size(), 1U);
  EXPECT_EQ(env.problems()[0].find_first_of("\n\x1b"), std::string::npos);
  EXPECT_LT(env.problems()[0].size(), 250U);
}

TEST(Env, ModulesCanAddProblemsOfTheirOwn) {
  EnvReader env({});
  env.problem("API_HTTP_PORT", "must not be the same port as INBOUND_PORT");
  EXPECT_THAT(env.problems(),
              ElementsAre("API_HTTP_PORT must not be the same port as INBOUND_PORT"));
}

TEST(Env, FileIsReadAndJsonTakenAsItIs) {
  const Folder folder;
  const std::string json = "  [{\"a\":1}]";
  EnvReader env({{"F", folder.write("x.json", "{\"from\":\"file\"}")},
                 {"J", json},
                 {"B", "{not checked here"}});
  EXPECT_EQ(env.file_or_json({"F", ""}), "{\"from\":\"file\"}");
  EXPECT_EQ(env.file_or_json({"J", ""}), json);
  EXPECT_EQ(env.file_or_json({"B", ""}), "{not checked here");
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(Env, MissingFileThatIsNoJsonIsAProblem) {
  EnvReader env({{"EXTRACTORS", "x"}});
  EXPECT_EQ(env.file_or_json({"EXTRACTORS", ""}), std::nullopt);
  EXPECT_THAT(env.problems(),
              ElementsAre("EXTRACTORS is neither a readable file nor JSON: cannot open \"x\": No "
                          "such file or directory"));
}

TEST(Env, FolderInsteadOfFileIsAProblem) {
  const Folder folder;
  EnvReader env({{"EXTRACTORS", folder.path()}});
  EXPECT_EQ(env.file_or_json({"EXTRACTORS", ""}), std::nullopt);
  EXPECT_THAT(env.problems(), ElementsAre(HasSubstr("Is a directory")));
}

TEST(Env, WarningsAreNoProblems) {
  EnvReader env({{"A", "1"}});
  env.warning("A", "is perhaps not meant");
  EXPECT_THAT(env.warnings(), ElementsAre("A is perhaps not meant"));
  EXPECT_THAT(env.problems(), IsEmpty());
  EXPECT_EQ(env.snapshot().at("A"), "1");
}

TEST(Env, EveryReadIsRecordedForTheDocumentation) {
  EnvReader env({{"K", "top secret"}});
  env.integer({"RIG_SHARDS", "Threads"}, Range{1, 256});
  env.module("transport");
  env.integer(kPort, 4000, kPorts);
  env.duration({"D", "Pause"}, seconds(5), milliseconds(0), seconds(60));
  env.bytes({"S", "Size"}, 65536, {0, 1 << 20});
  env.secret({"K", "Key"});
  std::vector<std::string> rows;
  for (const EnvReader::Record& r : env.records())
    rows.push_back(r.module + '|' + r.name + '|' + r.type + '|' + r.default_value + '|' +
                   r.allowed + '|' + r.help + (r.secret ? "|secret" : ""));
  EXPECT_THAT(rows, ElementsAre("core|RIG_SHARDS|integer||1 to 256|Threads",
                                "transport|INBOUND_PORT|integer|4000|0 to 65535|Port for clients",
                                "transport|D|duration (ms)|5s|0ms to 1m|Pause",
                                "transport|S|bytes|64KiB|0 to 1MiB|Size",
                                "transport|K|secret|||Key|secret"));
}

TEST(Env, TwoModulesMayReadTheSameSettingIfTheyDeclareItAlike) {
  EnvReader env({{"INBOUND_PORT", "x"}});
  env.module("transport");
  env.integer(kPort, 4000, kPorts);
  env.module("api");
  env.integer(kPort, 4000, kPorts);
  ASSERT_EQ(env.records().size(), 1U);
  EXPECT_EQ(env.records()[0].module, "transport");
  EXPECT_EQ(env.problems().size(), 1U);
}

TEST(EnvDeathTest, TwoDifferentDeclarationsOfOneSettingAreAProgrammersError) {
  EnvReader env({});
  env.integer(kPort, 4000, kPorts);
  EXPECT_DEATH(env.integer(kPort, 4001, kPorts), "declared_twice_alike");
  EXPECT_DEATH(env.text(kPort, "4000"), "declared_twice_alike");
  EXPECT_DEATH(env.integer(kPort, 4000, {1, 65535}), "declared_twice_alike");
}

TEST(Env, UnknownNamesWhatNobodyReads) {
  EnvReader env({{"INBOUND_PROT", "4000"}, {"KAFKA_BROKER", "k:1"}, {"INBOUND_PORT", "4000"}});
  env.integer(kPort, 4000, kPorts);
  EXPECT_THAT(env.unknown(),
              ElementsAre("INBOUND_PROT is not a setting of RIG; did you mean INBOUND_PORT?",
                          "KAFKA_BROKER is not a setting of RIG; did you mean KAFKA_BROKERS?"));
}

TEST(Env, EnvironmentOfTheProcessIsWhatTheProcessHas) {
  const EnvSnapshot env = environment_of_process();
  ASSERT_NE(std::getenv("PATH"), nullptr);
  ASSERT_TRUE(env.contains("PATH"));
  EXPECT_EQ(env.find("PATH")->second, std::getenv("PATH"));
}

}  // namespace
}  // namespace rig
