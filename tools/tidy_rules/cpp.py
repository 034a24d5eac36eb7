"""Just enough of the grammar of C++ to find parameter lists, lambdas and function bodies in formatted code."""

import re

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def closing(code, offset):
    """The offset of the bracket that closes the one at `offset`; the end of the code if there is none."""
    opener, closer = code[offset], _PAIRS[code[offset]]
    depth = 0
    for match in re.compile("[" + re.escape(opener + closer) + "]").finditer(code, offset):
        depth += 1 if match.group() == opener else -1
        if depth == 0:
            return match.start()
    return len(code)


def closing_angle(code, offset):
    """The same for the angle bracket at `offset`; -1 if it turns out to be a comparison."""
    depth = 0
    for i in range(offset, len(code)):
        c = code[i]
        if c == "<":
            depth += 1
        elif c == ">" and code[i - 1] != "-":
            depth -= 1
            if depth == 0:
                return i
        elif c in ";{}":
            return -1
    return -1


def opening_paren(code, offset):
    """The offset of the parenthesis that opens the one at `offset`."""
    depth = 0
    for i in range(offset, -1, -1):
        if code[i] == ")":
            depth += 1
        elif code[i] == "(":
            depth -= 1
            if depth == 0:
                return i
    return 0


def split_parameters(code, start, end):
    """The parameters between two offsets: pairs of offset and text."""
    depth = 0
    begin = start
    for i in range(start, end):
        c = code[i]
        if c in "(<[{":
            depth += 1
        elif c in ")]}" or (c == ">" and code[i - 1] != "-"):
            depth -= 1
        elif c == "," and depth == 0:
            yield begin, code[begin:i]
            begin = i + 1
    if code[begin:end].strip():
        yield begin, code[begin:end]


def without_parentheses(text):
    """The text without what stands in parentheses, such as the parameters of a std::function."""
    previous = None
    while previous != text:
        previous = text
        text = re.sub(r"\([^()]*\)", "", text)
    return text


def lambdas(code):
    """Every lambda: offset, captures, offsets of the braces of its body."""
    for match in re.finditer(r"\[", code):
        offset = match.start()
        before = code[:offset].rstrip()
        if code.startswith("[[", offset) or before.endswith("["):
            continue  # an attribute
        word = re.search(r"(?:\w+|[>)\]])$", before)
        if word and word.group() not in ("return", "co_return", "co_await", "co_yield"):
            continue  # a subscript, a structured binding, or the size of an array
        end = closing(code, offset)
        body = _lambda_body(code, end + 1)
        if body is not None:
            yield offset, code[offset + 1 : end].strip(), body, closing(code, body)


def _lambda_body(code, offset):
    space = re.compile(r"\s*")
    offset = space.match(code, offset).end()
    if code.startswith("<", offset):
        offset = space.match(code, closing_angle(code, offset) + 1).end()
    if code.startswith("(", offset):
        offset = closing(code, offset) + 1
    match = re.compile(r"[\s\w:<>,*&-]*(?:noexcept\([^{]*\))?[\s\w:<>,*&-]*\{").match(code, offset)
    return match.end() - 1 if match else None


_CONTROL = re.compile(r"^(?:else\s+)?(?:if|for|while|switch|catch|do|else|try|return|case|default)\b")
_SCOPE = re.compile(r"^(?:inline\s+)?namespace\b|^extern\s*(?:\"\s*\")?\s*$|\b(?:class|struct|union)\b")
_HEAD = re.compile(r"(?:\s|(?:public|protected|private)\s*:)*")
_TEMPLATE = re.compile(r"^(?:template\s*<|requires\b)")


def functions(code):
    """Every function with a body, lambdas inside it included in it: offset of its head, of its closing brace."""
    yield from _functions(code, 0, len(code))


def _functions(code, start, end):
    head_start = start
    i = start
    while i < end:
        c = code[i]
        if c == "(":
            i = closing(code, i)
        elif c in ";}":
            head_start = i + 1
        elif c == "#" and code[code.rfind("\n", 0, i) + 1 : i].strip() == "":
            while True:  # a preprocessor directive, with its continued lines
                line_end = code.find("\n", i)
                i = line_end if line_end >= 0 else end
                if i >= end or code[i - 1] != "\\":
                    break
                i += 1
            head_start = i
        elif c == "{":
            closed = closing(code, i)
            head = code[head_start:i].strip()
            kind = _kind(head)
            if kind == "initializer":
                i = closed + 1
                continue
            if kind == "scope":
                yield from _functions(code, i + 1, closed)
            elif kind == "function":
                yield _HEAD.match(code, head_start).end(), closed
            i = closed
            head_start = closed + 1
        i += 1


def _kind(head):
    """What the brace behind this text opens."""
    if re.search(r"\)[^()]*(?<!:):(?!:).*[\w>]$", head, re.DOTALL) and not re.search(r"\b(?:class|struct)\b", head):
        return "initializer"  # the brace of a member in a constructor's list
    plain = head
    while _TEMPLATE.match(plain) and "<" in plain:
        end = closing_angle(plain, plain.index("<"))
        if end < 0:
            break
        plain = plain[end + 1 :].strip()
    if _SCOPE.search(without_parentheses(plain)) and not plain.endswith(")"):
        return "scope"
    if "(" in plain and not _CONTROL.match(plain) and not re.search(r"[=\[]\s*$|^\w+\s*=", plain):
        return "function"
    return "other"
