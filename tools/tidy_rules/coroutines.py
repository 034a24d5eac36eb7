"""Rules for coroutines: what they take, what they capture, who owns them."""

import re

from . import cpp
from .rule import Rule, forbids, per_cpp_file

# Task<…> is the only coroutine type of the code; awaitable<…> is what it is an alias of.
_TASK = re.compile(r"\b(?:Task|awaitable)\s*<")
_NAME = re.compile(r"[\s&]*(?:[\w:]|<[^<>]*>)*\s*\(")
_BORROWED = re.compile(r"&|\b(?:basic_)?string_view\b|\bspan\b|\b(?:const_)?iterator\b")


def _parameter_lists(code):
    """Offsets of the parentheses around the parameters of all that returns a task."""
    for match in _TASK.finditer(code):
        end = cpp.closing_angle(code, match.end() - 1)
        if end < 0:
            continue
        before = code[: match.start()].rstrip()
        before = re.sub(r"[\w:]*$", "", before).rstrip()  # boost::asio::
        if before.endswith("->"):
            closed = before.rfind(")")
            if closed >= 0:
                yield cpp.opening_paren(code, closed), closed
            continue
        name = _NAME.match(code, end + 1)
        if name:
            yield name.end() - 1, cpp.closing(code, name.end() - 1)


def _borrowed_parameters(source):
    for start, end in _parameter_lists(source.code):
        for offset, text in cpp.split_parameters(source.code, start + 1, end):
            match = _BORROWED.search(cpp.without_parentheses(text))
            if match:
                offset += len(text) - len(text.lstrip())
                yield offset, f"coroutine parameter '{' '.join(text.split())}' borrows what it refers to"


def _capturing_coroutines(source):
    bodies = list(cpp.lambdas(source.code))
    for offset, captures, start, end in bodies:
        if not captures:
            continue
        body = source.code[start:end]
        for _, _, inner_start, inner_end in bodies:
            if start < inner_start < end:
                length = inner_end - inner_start
                body = body[: inner_start - start] + " " * length + body[inner_end - start :]
        if re.search(r"\bco_(?:await|return|yield)\b", body):
            yield offset, f"the coroutine uses [{captures}], which dies with the lambda object"


RULES = [
    Rule(
        name="coroutine-parameters",
        why="A coroutine outlives the call that starts it: parameters are values or Ref<T> (CP.53).",
        check=per_cpp_file(_borrowed_parameters),
        good=[
            {"modules/a/a.hpp": "Task<> run(Session session, Ref<Hub> hub, std::function<void(const X&)> done);"},
            {"modules/a/a.cpp": "Task<std::vector<int>> A::read(std::string name) { co_return f(a & b); }"},
            {"modules/a/a.cpp": "void f(const Task<>& task, std::string_view name) {}"},
            {"modules/a/a.cpp": "auto f = [](int n) -> Task<> { co_return; }; // Task<> f(const X& x)"},
            {"modules/a/a.cpp": "std::vector<Task<>> tasks(std::span<const int> list);"},
        ],
        bad=[
            {"modules/a/a.hpp": "Task<> run(const Session& session);"},
            {"modules/a/a.hpp": "virtual Task<Response> handle(int id, std::string_view path) = 0;"},
            {"modules/a/a.cpp": "rig::Task<std::map<int, int>> A::run(\n    int a,\n    Session&& session) {\n}"},
            {"modules/a/a.cpp": "auto f = [](std::span<char> b) mutable -> asio::awaitable<void> { co_return; };"},
            {"modules/a/a.cpp": "Task<> find(std::vector<int>::const_iterator it);"},
            {"modules/a/a.hpp": "std::function<Task<>(std::string_view)> call;"},
        ],
    ),
    Rule(
        name="capturing-coroutine",
        why="The captures of a coroutine lambda die with the lambda object, not with the coroutine (CP.51).",
        check=per_cpp_file(_capturing_coroutines),
        good=[
            {"modules/a/a.cpp": "spawn([]() -> Task<> { co_return; });"},
            {"modules/a/a.cpp": "auto f = [this, x](int n) -> Task<> { return run(n, x); };"},
            {"modules/a/a.cpp": "auto f = [&] { auto g = [](Ref<X> x) -> Task<> { co_await x->y(); }; use(g); };"},
            {"modules/a/a.cpp": "Task<> f() { auto [a, b] = co_await g(); list[a] = co_await h(b); co_return; }"},
        ],
        bad=[
            {"modules/a/a.cpp": "spawn([this]() -> Task<> { co_await run(); });"},
            {"modules/a/a.cpp": "return [x = std::move(x)]() mutable -> Task<int> { co_return x; };"},
            {"modules/a/a.cpp": "f([&]<class T>(T t) -> Task<> { co_await t.run(); });"},
            {"modules/a/a.cpp": "f([] { return [=](int a) noexcept -> Task<> { co_await a; }; });"},
        ],
    ),
    Rule(
        name="detached",
        why="Every coroutine belongs to a TaskGroup that cancels and joins it.",
        check=forbids(
            r"\basio::detached\b|\bdetached_t\b",
            "a detached coroutine has no owner",
            lambda source: source.path != "modules/core/io/task_group.cpp",
        ),
        good=[
            {"modules/core/io/task_group.cpp": "co_spawn(ex, f(), asio::detached);"},
            {"modules/a/io/a.cpp": "tasks_.spawn(f());  // not asio::detached"},
        ],
        bad=[{"modules/a/io/a.cpp": "co_spawn(ex, f(), boost::asio::detached);"}],
    ),
    Rule(
        name="co-spawn",
        why="A coroutine of a module is spawned into a TaskGroup; co_spawn is for the runtime and for tests.",
        check=forbids(
            r"\bco_spawn\s*\(",
            "co_spawn outside modules/core",
            lambda source: source.module not in (None, "core") and not source.is_test,
        ),
        good=[
            {"modules/core/io/application.cpp": "asio::co_spawn(ex, f(), done);"},
            {"modules/a/io/a_test.cpp": "asio::co_spawn(ex, f(), asio::use_future);"},
        ],
        bad=[{"modules/a/io/a.cpp": "asio::co_spawn(ex, f(), done);"}],
    ),
]
