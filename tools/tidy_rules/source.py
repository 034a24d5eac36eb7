"""A file as the rules see it: its text, its text without comments and strings, its suppressions."""

import bisect
import functools
import re

# Comments, string literals and character literals of C++. An apostrophe behind a digit separates digits.
_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r'''|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*\'''',
    re.DOTALL,
)
_ALLOW = re.compile(r"(?://|#|<!--)\s*tidy: allow\(([a-z-]+)\)[ \t]*(.*)")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+")', re.MULTILINE)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    """One file. Offsets are the same in `text`, `uncommented` and `code`."""

    def __init__(self, path, text):
        self.path = path  # relative to the tree, with slashes
        self.text = text

    @property
    def is_cpp(self):
        return self.path.endswith((".cpp", ".hpp", ".cpp.in"))

    @property
    def is_header(self):
        return self.path.endswith(".hpp")

    @property
    def is_test(self):
        return self.path.startswith("tests/") or self.path.endswith("_test.cpp")

    @property
    def module(self):
        """The name of the module that the file belongs to, or nothing."""
        match = re.match(r"modules/([^/]+)/", self.path)
        return match and match.group(1)

    @functools.cached_property
    def lines(self):
        return self.text.split("\n")

    @functools.cached_property
    def uncommented(self):
        return _TOKENS.sub(lambda m: _blank(m.group()) if m.group("comment") else m.group(), self.text)

    @functools.cached_property
    def code(self):
        """Without comments and without what literals contain."""
        return _TOKENS.sub(lambda m: _blank(m.group()), self.text)

    @functools.cached_property
    def includes(self):
        """Pairs of offset and name, the name with its quotes or angle brackets."""
        return [(m.start(1), m.group(1)) for m in _INCLUDE.finditer(self.uncommented)]

    @functools.cached_property
    def allowances(self):
        """Suppressions: line number, rule, reason."""
        found = []
        for number, line in enumerate(self.lines, 1):
            match = _ALLOW.search(line)
            if match:
                reason = match.group(2).replace("-->", "").strip()
                found.append((number, match.group(1), reason))
        return found

    @functools.cached_property
    def _line_starts(self):
        return [0] + [m.end() for m in re.finditer("\n", self.text)]

    def line_of(self, offset):
        return bisect.bisect_right(self._line_starts, offset)

    def matches(self, pattern):
        """Every match of a pattern in the code, comments and literals left out."""
        return re.finditer(pattern, self.code)


class Tree:
    """All files that belong to the project, by path."""

    def __init__(self, files):
        self.sources = {path: Source(path, text) for path, text in sorted(files.items())}

    def __iter__(self):
        return iter(self.sources.values())

    def cpp(self):
        return (source for source in self if source.is_cpp)

    def get(self, path):
        return self.sources.get(path)
