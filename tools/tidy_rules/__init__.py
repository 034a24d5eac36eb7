"""The house rules that tools/tidy checks, by subject."""

from . import boundaries, coroutines, hygiene, size, text

RULES = [
    *coroutines.RULES,
    *boundaries.RULES,
    *hygiene.RULES,
    *size.RULES,
    *text.RULES,
]
