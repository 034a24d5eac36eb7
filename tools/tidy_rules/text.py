"""Rules for every text file, whatever its language."""

import re

from .rule import Finding, Rule

# Patterns are put together from parts so that this file does not contain what it forbids.
_TODO = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b(?!\(#\d+\))")
_MACHINE = re.compile(r"(?<![\w.}-])/(?:wo" r"rk|ro" r"ot|ho" r"me)/")
_HOSTS = re.compile(
    r"registry\.npm" r"js\.org|(?:deb|security|snapshot)\.deb" r"ian\.org|deb\.node" r"source\.com"
    r"|(?:files\.)?py" r"pi(?:\.org|thonhosted\.org)|proxy\.go" r"lang\.org|(?:index|static)\.cra" r"tes\.io"
    r"|repo1?\.maven\.(?:apache\.)?org"
)


def _forbids_text(pattern, message, skip=()):
    def check(tree):
        for source in tree:
            if source.path in skip:
                continue
            for match in pattern.finditer(source.text):
                yield Finding(source.path, source.line_of(match.start()), message.format(match.group()))

    return check


RULES = [
    Rule(
        name="todo",
        why="What is not done is in an issue, and the comment names it: the word, then (#12).",
        check=_forbids_text(_TODO, "{} without the number of an issue"),
        good=[{"a.cpp": "// TO" "DO(#12): faster"}, {"a.cpp": "int todos;"}],
        bad=[{"a.cpp": "// TO" "DO: faster"}, {"tools/x": "# FIX" "ME later"}],
    ),
    Rule(
        name="machine-path",
        why="The tree works wherever it is cloned to.",
        check=_forbids_text(_MACHINE, "{} is a folder of somebody's machine"),
        good=[{"a.sh": 'cd "$root/work/x"; ls ./home/x'}, {"a.md": "https://example.com/home/page"}],
        bad=[{"a.sh": "cd /wo" "rk/main"}, {"README.md": "see /ho" "me/me/rig"}],
    ),
    Rule(
        name="registry-host",
        why="Package managers know where their packages come from; the user decides.",
        check=_forbids_text(_HOSTS, "{} is the address of a package registry"),
        good=[{"a.md": "https://www.debian.org/releases/bookworm/"}],
        bad=[{"tests/package-lock.json": '"resolved": "https://registry.npm' 'js.org/ws/-/ws-8.0.0.tgz"'}],
    ),
]
