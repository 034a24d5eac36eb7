"""Rules for who may see what: modules, logic and I/O, the environment, threads."""

import re

from .rule import Finding, Rule, forbids, per_cpp_file

# The one file that may read the environment.
ENVIRONMENT_FILE = "modules/core/logic/env.cpp"

# Files that may lock. None of them is on the way of an event.
MUTEX_FILES = {
    "modules/metrics/include/rig/metrics/test_registry.hpp": "a test reads counters that shards write",
    "modules/core/io/task_group.cpp": "the list of all groups, for the report of a stop that hangs",
    "modules/core/io/line_writer.cpp": "the threads that write to standard output, so that lines stay whole",
    "modules/metrics/io/shared_registry.hpp": "series are looked up at the start and listed by a scrape",
    "modules/metrics/io/shared_registry.cpp": "the same",
    "modules/nats/io/connection.hpp": "subscriptions that ended, between threads of NATS; no shard waits for it",
}

# Sockets, files, threads. What Beast and Asio have of plain parsing and plain data is no I/O.
_IO_HEADERS = re.compile(
    r"<(?:boost/asio(?!/buffer\.hpp)"
    r"|boost/beast(?!/core/string|/http/(?:basic_parser|parser|field|fields|status|verb|rfc7230|error)\.hpp)"
    r"|thread|mutex|shared_mutex|condition_variable|future|stop_token|semaphore|latch|barrier"
    r"|sys/socket\.h|netinet/|arpa/|unistd\.h|fcntl\.h|spawn\.h|poll\.h|pthread\.h)"
)


def _logic_includes(tree):
    """Headers of I/O that a file of logic/ includes, itself or through public headers of the modules."""
    reaches = {}  # public header name → the I/O header it leads to, or nothing

    def leads_to(name):
        if _IO_HEADERS.match(name):
            return name
        if name not in reaches:
            reaches[name] = None
            header = _public_header(tree, name)
            if header:
                reaches[name] = next((r for _, n in header.includes if (r := leads_to(n))), None)
        return reaches[name]

    for source in tree.cpp():
        if "/logic/" in source.path and source.path != ENVIRONMENT_FILE:
            for offset, name in source.includes:
                io_header = leads_to(name)
                if io_header:
                    via = "" if io_header == name else f", which leads to {io_header}"
                    yield Finding(source.path, source.line_of(offset), f"logic includes {name}{via}")


def _public_header(tree, name):
    match = re.match(r"<(rig/(\w+)/.*)>", name)
    return match and tree.get(f"modules/{match.group(2)}/include/{match.group(1)}")


def _module_includes(tree):
    for source in tree.cpp():
        if not source.module:
            continue
        for offset, name in source.includes:
            if name.startswith("<rig/"):
                wrong = not _public_header(tree, name)
            elif name.startswith('"'):
                path = name.strip('"')
                beside = source.path.rsplit("/", 1)[0] + "/" + path
                known = tree.get(f"modules/{source.module}/{path}") or tree.get(beside)
                wrong = ".." in path or not (known or _is_generated(tree, source.module, path))
            else:
                continue
            if wrong:
                yield Finding(source.path, source.line_of(offset), f"{name} is no public header and not in this module")


def _is_generated(tree, module, path):
    lists = tree.get(f"modules/{module}/CMakeLists.txt")
    return lists and f"/{path}" in lists.text


def _blackbox_includes(source):
    if source.path.startswith(("tests/testkit/", "tests/blackbox/")):
        for offset, name in source.includes:
            if name.startswith("<rig/"):
                yield offset, f"{name} is the gateway's own code"


RULES = [
    Rule(
        name="environment",
        why="The environment is read once, into the snapshot that EnvReader works on.",
        check=forbids(
            r"\b(?:secure_getenv|getenv|setenv|unsetenv|putenv)\s*\(|\benviron\b",
            "the environment is used here",
            lambda source: source.path != ENVIRONMENT_FILE and not source.is_test,
        ),
        good=[
            {ENVIRONMENT_FILE: "extern char** environ;"},
            {"modules/a/config.cpp": "env.integer({}, 4000, {0, 65535});  // not getenv(name)"},
        ],
        bad=[
            {"modules/a/config.cpp": "const char* port = std::getenv(name);"},
            {"services/rig/main.cpp": "for (char** entry = environ; *entry; ++entry) {}"},
        ],
    ),
    Rule(
        name="mutex",
        why="Shards share nothing that changes; what locks is on the list in tools/tidy_rules/boundaries.py.",
        check=forbids(
            r"#\s*include\s*<(?:shared_)?mutex>|\bstd::(?:shared_|recursive_|timed_|recursive_timed_)?mutex\b",
            "a mutex outside the listed files",
            lambda source: source.path not in MUTEX_FILES and not source.is_test,
        ),
        good=[
            {"modules/core/io/line_writer.cpp": "#include <mutex>"},
            {"modules/a/io/a_test.cpp": "#include <mutex>"},
        ],
        bad=[
            {"modules/a/a.hpp": "#include <shared_mutex>"},
            {"modules/a/io/a.cpp": "std::mutex lock_;"},
        ],
    ),
    Rule(
        name="logic-without-io",
        why="logic/ is tested without sockets, threads and clocks, so it includes none of them.",
        check=_logic_includes,
        good=[
            {
                "modules/a/logic/a.cpp": "#include <rig/core/ref.hpp>\n#include <chrono>",
                "modules/core/include/rig/core/ref.hpp": "#include <memory>",
            },
            {"modules/a/io/a.cpp": "#include <boost/asio/ip/tcp.hpp>"},
            {"modules/a/logic/a.cpp": "#include <boost/asio/buffer.hpp>\n#include <boost/beast/http/status.hpp>"},
        ],
        bad=[
            {"modules/a/logic/a.cpp": "#include <boost/asio/io_context.hpp>"},
            {"modules/a/logic/a.cpp": "#include <boost/beast/http.hpp>"},
            {"modules/a/logic/a_test.cpp": "#include <thread>"},
            {
                "modules/a/logic/a.hpp": "#include <rig/core/module.hpp>",
                "modules/core/include/rig/core/module.hpp": "#include <rig/core/task.hpp>",
                "modules/core/include/rig/core/task.hpp": "#include <boost/asio/awaitable.hpp>",
            },
        ],
    ),
    Rule(
        name="logic-without-clock",
        why="Time is an argument of logic/, so that a test can choose it.",
        check=forbids(
            r"\b\w+_clock::now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\(|\bstd::time\s*\(",
            "logic reads a clock",
            lambda source: "/logic/" in source.path,
        ),
        good=[
            {"modules/a/logic/a.cpp": "bool due(std::chrono::steady_clock::time_point now);"},
            {"modules/a/io/a.cpp": "auto now = std::chrono::steady_clock::now();"},
        ],
        bad=[{"modules/a/logic/a.cpp": "auto now = std::chrono::system_clock::now();"}],
    ),
    Rule(
        name="module-includes",
        why="A module sees its own files and the public headers of others.",
        check=_module_includes,
        good=[
            {
                "modules/a/io/a.cpp": '#include "logic/b.hpp"\n#include "c.hpp"\n#include <rig/core/x.hpp>',
                "modules/a/logic/b.hpp": "",
                "modules/a/io/c.hpp": "",
                "modules/core/include/rig/core/x.hpp": "",
            },
            {
                "modules/a/a.cpp": '#include "version.hpp"',
                "modules/a/CMakeLists.txt": 'configure_file(v.in "${CMAKE_CURRENT_BINARY_DIR}/version.hpp")',
            },
        ],
        bad=[
            {"modules/a/io/a.cpp": '#include "logic/b.hpp"', "modules/b/logic/b.hpp": ""},
            {"modules/a/io/a.cpp": '#include "../../b/logic/b.hpp"', "modules/b/logic/b.hpp": ""},
            {"modules/a/io/a.cpp": "#include <rig/b/logic/b.hpp>"},
        ],
    ),
    Rule(
        name="blackbox-client",
        why="A client that shares code with the gateway shares its mistakes.",
        check=per_cpp_file(_blackbox_includes),
        good=[{"tests/testkit/sse_client.cpp": '#include "testkit/http.hpp"'}],
        bad=[{"tests/blackbox/sse_test.cpp": "#include <rig/cloudevents/codec.hpp>"}],
    ),
]
