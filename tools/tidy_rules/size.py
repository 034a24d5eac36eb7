"""Rules for the size of things, and for what a folder contains."""

from . import cpp
from .rule import Finding, Rule, per_cpp_file

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
MAIN_LINES_MAX = 60

# The top level of the repository as the design has it. Names that begin with a dot are free.
TOP_LEVEL = {
    "CMakeLists.txt",
    "CMakePresets.json",
    "modules",
    "services",
    "third_party",
    "tools",
    "tests",
    "benchmarks",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
}

_CODE = (".cpp", ".hpp", ".py", ".mjs", ".js", ".cmake", ".sh")


def _line_count(source):
    return source.text.count("\n") + (not source.text.endswith("\n"))


def _files(tree):
    for source in tree:
        tool = source.path.startswith("tools/") and "." not in source.path
        if (source.path.endswith(_CODE) or tool) and _line_count(source) > FILE_LINES_MAX:
            yield Finding(source.path, 1, f"{_line_count(source)} lines; {FILE_LINES_MAX} are the limit")


def _functions(source):
    for start, end in cpp.functions(source.code):
        count = source.line_of(end) - source.line_of(start) + 1
        if count > FUNCTION_LINES_MAX:
            yield start, f"a function of {count} lines; {FUNCTION_LINES_MAX} are the limit"


def _main(tree):
    source = tree.get("services/rig/main.cpp")
    if source and _line_count(source) > MAIN_LINES_MAX:
        yield Finding(source.path, 1, f"{_line_count(source)} lines; {MAIN_LINES_MAX} are the limit")


def _readmes(tree):
    for name in sorted({source.module for source in tree if source.module}):
        if not tree.get(f"modules/{name}/README.md"):
            yield Finding(f"modules/{name}/README.md", 1, "the module has no README.md")


def _top_level(tree):
    for name in sorted({source.path.split("/")[0] for source in tree}):
        if name not in TOP_LEVEL and not name.startswith("."):
            yield Finding(name, 1, f"'{name}' is not part of the design of the top level")


def _body(lines):
    return "namespace a {\nvoid f(int a)\n    const {\n" + "  g();\n" * lines + "}\n}\n"


RULES = [
    Rule(
        name="file-length",
        why="A file has one subject; 150 lines are typical.",
        check=_files,
        good=[{"a.cpp": "\n" * FILE_LINES_MAX, "README.md": "\n" * 2000}],
        bad=[{"a.cpp": "\n" * (FILE_LINES_MAX + 1)}, {"tools/x": "\n" * 700}],
    ),
    Rule(
        name="function-length",
        why="A function fits on a screen.",
        check=per_cpp_file(_functions),
        good=[
            {"a.cpp": _body(FUNCTION_LINES_MAX - 3)},
            {"a.cpp": "namespace a {\nclass B {\n" + "  int f() { return 1; }\n" * 100 + "};\n}\n"},
            {"a.cpp": "constexpr int kTable[] = {\n" + "  1,\n" * 100 + "};\n"},
        ],
        bad=[
            {"a.cpp": _body(FUNCTION_LINES_MAX - 2)},
            {"a.cpp": "struct A {\n  A(int a) : a_{a}, b_(a) {\n" + "    f();\n" * 80 + "  }\n};\n"},
            {"a.cpp": "TEST(A, Works) {\n" + "  f([] { g(); });\n" * 80 + "}\n"},
            {"a.cpp": "template <class T>\nauto f(T t) -> std::vector<T> {\n" + "  g();\n" * 80 + "}\n"},
        ],
    ),
    Rule(
        name="main-length",
        why="main.cpp reads the flags and the environment, and runs the application; all else is a module's.",
        check=_main,
        good=[{"services/rig/main.cpp": "\n" * MAIN_LINES_MAX}],
        bad=[{"services/rig/main.cpp": "\n" * (MAIN_LINES_MAX + 1)}],
    ),
    Rule(
        name="module-readme",
        why="Each module says what it is for, its ports, its limits and its costs.",
        check=_readmes,
        good=[{"modules/a/a.cpp": "", "modules/a/README.md": ""}],
        bad=[{"modules/a/a.cpp": ""}],
    ),
    Rule(
        name="top-level",
        why="Who opens the repository sees the design, and nothing else.",
        check=_top_level,
        good=[{"modules/a/README.md": "", ".clang-format": "", "README.md": ""}],
        bad=[{"src/a.cpp": ""}, {"notes.txt": ""}],
    ),
]
