"""Rules for traps that the compiler does not see."""

import re

from .rule import Finding, Rule, forbids, per_cpp_file


def _header_guards(source):
    if source.is_header and not re.match(r"\s*#pragma once\n", source.uncommented):
        yield 0, "the header does not begin with #pragma once"


def _test_names(tree):
    first = {}
    for source in tree.cpp():
        for match in source.matches(r"^(?:TEST|TEST_F|TEST_P)\(\s*(\w+)\s*,\s*(\w+)\s*\)\s*\{".replace("^", r"(?m)^")):
            name = f"{match.group(1)}.{match.group(2)}"
            if name in first:
                yield Finding(source.path, source.line_of(match.start()), f"{name} is also in {first[name]}")
            first.setdefault(name, source.path)


RULES = [
    Rule(
        name="sleep",
        why="Wait for a condition with a deadline: a duration is too short on one machine and too long on the next.",
        check=forbids(r"\bthis_thread::sleep_\w+|\b(?:usleep|nanosleep)\s*\(|(?<!\w)::sleep\s*\(", "a sleep"),
        good=[{"modules/a/io/a_test.cpp": "co_await sleep_until(time);  // std::this_thread::sleep_for(1s)"}],
        bad=[
            {"modules/a/io/a_test.cpp": "std::this_thread::sleep_for(100ms);"},
            {"tests/testkit/x.cpp": "::usleep(100);"},
        ],
    ),
    Rule(
        name="empty-catch",
        why="Handle an error or return it; nobody notices what is swallowed.",
        check=forbids(r"\bcatch\s*\([^)]*\)\s*\{\s*\}", "an empty handler"),
        good=[{"modules/a/a.cpp": "try { f(); } catch (const Error& e) { problems.push_back(e.what()); }"}],
        bad=[
            {"modules/a/a.cpp": "try { f(); } catch (...) {}"},
            {"modules/a/a.cpp": "try { f(); } catch (const std::exception&) {\n  // never mind\n}"},
        ],
    ),
    Rule(
        name="pragma-once",
        why="Each header can be included twice.",
        check=per_cpp_file(_header_guards),
        good=[{"modules/a/a.hpp": "// What it is for.\n#pragma once\n"}, {"modules/a/a.cpp": "int a;"}],
        bad=[{"modules/a/a.hpp": "int a;\n"}, {"modules/a/a.hpp": "#ifndef A\n#define A\n#pragma once\n#endif\n"}],
    ),
    Rule(
        name="using-namespace",
        why="A header does not decide for those who include it what names mean.",
        check=forbids(r"\busing\s+namespace\b", "using namespace in a header", lambda source: source.is_header),
        good=[{"modules/a/a.cpp": "using namespace std::chrono_literals;"}],
        bad=[{"modules/a/a.hpp": "#pragma once\nusing namespace std;"}],
    ),
    Rule(
        name="regex",
        why="std::regex and boost::regex take exponential time, or give up, on input that a stranger can choose.",
        check=forbids(r"#\s*include\s*<(?:regex|boost/regex)", "a backtracking regular expression library"),
        good=[{"modules/a/a.cpp": "#include <re2/re2.h>"}],
        bad=[{"modules/a/a.cpp": "#include <regex>"}],
    ),
    Rule(
        name="asio-channel",
        why="A channel of Boost 1.81 refuses every send after a receive that was cancelled.",
        check=forbids(
            r"\bexperimental::(?:basic_)?(?:concurrent_)?channel\b|<boost/asio/experimental/\w*channel",
            "an Asio channel",
        ),
        good=[{"modules/a/io/a.cpp": "using boost::asio::experimental::awaitable_operators::operator||;"}],
        bad=[{"modules/a/io/a.cpp": "asio::experimental::channel<void(error_code, int)> queue_;"}],
    ),
    Rule(
        name="any-executor",
        why="The executor is io_context's own type (rig::Executor): type erasure costs on each resume.",
        check=forbids(r"\bany_io_executor\b", "a type-erased executor"),
        good=[{"modules/a/io/a.cpp": "Executor executor_;"}],
        bad=[{"modules/a/io/a.cpp": "asio::any_io_executor executor_;"}],
    ),
    Rule(
        name="skipped-test",
        why="A test that does not run tells nobody anything.",
        check=forbids(r"\bGTEST_SKIP\b|\bDISABLED_\w+", "a test that is skipped or disabled"),
        good=[{"modules/a/logic/a_test.cpp": "TEST(A, Works) { EXPECT_TRUE(f()); }"}],
        bad=[
            {"modules/a/logic/a_test.cpp": "TEST(A, DISABLED_Works) {}"},
            {"modules/a/logic/a_test.cpp": "TEST(A, Works) { GTEST_SKIP(); }"},
        ],
    ),
    Rule(
        name="test-name",
        why="A test's name is what ctest, the filter and a bug report know it by.",
        check=_test_names,
        good=[{"a_test.cpp": "TEST(A, One) {}\nTEST(A, Two) {}", "b_test.cpp": "TEST(B, One) {}"}],
        bad=[{"a_test.cpp": "TEST(A, One) {}", "b_test.cpp": "TEST(A, One) {}"}],
    ),
]
