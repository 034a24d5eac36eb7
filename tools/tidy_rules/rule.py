"""What a rule is. Its examples are its specification: tools/tidy --self-test runs them."""

import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    why: str  # one line, shown with each finding
    check: typing.Callable  # takes a Tree, yields findings
    good: list  # trees ({path: text}) without a finding
    bad: list  # trees with at least one


def per_cpp_file(check):
    """A check of one C++ file at a time, which yields pairs of offset and message."""

    def check_tree(tree):
        for source in tree.cpp():
            for offset, message in check(source):
                yield Finding(source.path, source.line_of(offset), message)

    return check_tree


def forbids(pattern, message, where=lambda source: True):
    """A check that finds a pattern in the code of the C++ files that `where` picks."""

    def check(source):
        if where(source):
            for match in source.matches(pattern):
                yield match.start(), message

    return per_cpp_file(check)
