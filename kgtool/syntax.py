"""SPARQL as text: of which form a query is, what of those by others is refused before it is parsed, and where one is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kgtool.errors import QueryError, check_text
from kgtool.terms import did_you_mean

# Patterns for queries of others are kept as text: most commands read none, and need not wait for them to be compiled.
# What hides a word from us must hide it from the parser too: the grammar's own strings, IRIs, comments and escapes.
# Only where "<" may as well mean "less than" is there doubt.  https://www.w3.org/TR/sparql11-query/#sparqlGrammar
_IN_IRI = r"(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*"
_HIDDEN = (
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\''
    rf"|<(?:[A-Za-z][A-Za-z0-9+.-]*://{_IN_IRI}|[\w:./%-]*)>|#[^\n\r]*|\\.|(?P<doubtful><{_IN_IRI}>)"
)
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; an empty string where the text begins with none of them."""
    plain = re.sub(_HIDDEN, lambda hidden: "<>" if hidden.group()[0] == "<" else " ", text, flags=re.S)
    found = re.match(r"(?:\s*(?:PREFIX\s+[^\s<]*\s*<>|BASE\s*<>))*\s*(\w+)", plain, re.I)
    word = found.group(1).upper() if found else ""
    return word if word in _FORMS else ""


MOST_BYTES, MOST_NESTED = 64_000, 100
_NESTING = r"(<<|[{(\[])|(>>|[})\]])"
_NAMES = r"[?$][A-Za-z0-9_]+|:[A-Za-z0-9_%][A-Za-z0-9_.%:-]*"
_DATA = r"(?i)\bDATA\s*\{(?:[^{}]|\{[^{}]*\})*\}"
# What the engine's parser or planner takes too long over, or too much stack for, when there is too much of it.
_MOST_OPERATORS, _MOST_REIFIERS, _MOST_PATTERNS = 200, 20, 120
_TOO_MANY = (
    ("operators", _MOST_OPERATORS, r"[-+*/|^!]|&&|\b(?i:UNION|OPTIONAL|MINUS)\b"),
    ("reifiers", _MOST_REIFIERS, r"~"),
    ("patterns", _MOST_PATTERNS, r"[;,]|\.(?!\d)"),
)


def check_foreign(text: str, services: Sequence[str] = ()) -> None:
    """Refuse a query by somebody else that would reach out, write, or overflow the parser's stack.

    The limits are far above what people write and far below what kills the engine. A query that merely takes long,
    such as a cross product, passes. ``services`` are the hosts that SERVICE may ask, with their ports or without.
    """
    check_text("a query", text)
    if not _is_modest(text):
        _look_closer(text, services)


_WORTH_A_LOOK = ("service", "insert", "delete", "load", "clear", "drop", "create", "copy", "move", "add")


def _is_modest(text: str) -> bool:
    """Whether a query passes even if none of its text is a string, an IRI or a comment, as is true of most."""
    words = text.lower()
    return (
        text.isascii() and len(text) <= MOST_BYTES and not any(word in words for word in _WORTH_A_LOOK)
        and sum(map(text.count, "{[(<")) <= MOST_NESTED and text.count("~") <= _MOST_REIFIERS
        and sum(map(text.count, ";,.")) <= _MOST_PATTERNS
        and sum(map(text.count, "-+*/|^!&")) + sum(map(words.count, ("union", "optional", "minus"))) <= _MOST_OPERATORS
    )


def _look_closer(text: str, services: Sequence[str]) -> None:
    plain = _checked(text, "query", text, services)
    if re.search(r"\b(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|COPY|MOVE|ADD)\b(?!\s*\()", plain, re.I) and not form(text):
        raise QueryError("this is an update, and the store is read-only; change graph_data/ and build again")


def check_foreign_update(text: str) -> None:
    """The same of an update, which may write, though not what it fetches elsewhere."""
    plain = _checked(text, "update", re.sub(_DATA, " ", blanked(text)))
    if re.search(r"\bLOAD\b", re.sub(_NAMES, " ", plain), re.I):
        raise QueryError("LOAD fetches files and pages, and this server does not; upload the data instead")


def _checked(text: str, what: str, counted: str, services: Sequence[str] = ()) -> str:
    """The plain text of what passes; the patterns are counted in ``counted``, which leaves out mere data."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise QueryError(f"the {what} is longer than {MOST_BYTES // 1000} kB; load long lists of values as data instead")
    plain = _plain(text)
    if (deepest := _deepest(plain)) > MOST_NESTED:
        raise QueryError(f"the {what} nests {deepest} deep; {MOST_NESTED} is the limit")
    patterns = re.sub(r"\([^()]*\)", "()", _plain(counted))  # the commas of a list of values part no patterns
    for kind, most, found in _TOO_MANY:
        if (count := len(re.findall(found, patterns if kind == "patterns" else plain))) > most:
            raise QueryError(f"the {what} has {count} {kind}; {most} is the limit")
    # the parser asks for no space around the word, so that it may stand in "1SERVICE:x{}"
    if asked := len(re.findall("SERVICE", re.sub(_NAMES, " ", plain), re.I)):
        _check_services(text, asked, services)
    return plain


def _check_services(text: str, asked: int, allowed: Sequence[str]) -> None:
    if not allowed:
        raise QueryError("SERVICE asks other servers, and kgtool does not use the network; drop the SERVICE block, "
                         "or allow a server by `kgtool query --allow-service HOST`")
    shown = re.sub(_HIDDEN, lambda hidden: hidden.group() if hidden.group()[0] == "<" else " ", text, flags=re.S)
    from urllib.parse import urlsplit  # for the few who ask other servers

    doubtful = any(hidden.lastgroup for hidden in re.finditer(_HIDDEN, text, re.S))
    # not at the end of a name, which the count leaves out: "x:SERVICE <…>" asks nobody
    named = re.findall(r"(?<![\w?$:.%-])SERVICE\s*(?:SILENT\s*)?<(https?://[^\s<>\\]*)>", shown, re.I)
    if doubtful or len(named) != asked:
        raise QueryError("each SERVICE must name its server in place, as in SERVICE <https://example.org/sparql> { … }")
    for address in map(urlsplit, named):
        if not {address.hostname, address.netloc} & set(allowed):
            raise QueryError(f"SERVICE asks {address.netloc}, which --allow-service does not name")


def blanked(text: str) -> str:
    """The text with its strings, IRIs and comments blanked, each character in its place."""
    return re.sub(_HIDDEN, lambda hidden: " " * len(hidden.group()), text, flags=re.S)


def _plain(text: str) -> str:
    """The text without its strings, IRIs and comments, or all of it where one cannot tell them from what is said."""
    doubtful = any(hidden.lastgroup for hidden in re.finditer(_HIDDEN, text, re.S))
    return text if doubtful else re.sub(_HIDDEN, " ", text, flags=re.S)


def _deepest(plain: str) -> int:
    depth = deepest = 0
    for opens, closes in re.findall(_NESTING, plain):
        depth += bool(opens) - bool(closes)
        deepest = max(deepest, depth)
    return deepest


def query_error(text: str, error: SyntaxError, known_prefixes: Iterable[str]) -> QueryError:
    """A parser's error as a plain sentence, the line it stands in, and a caret under the place."""
    found = re.search(r"error at (\d+):(\d+)", str(error))
    number, column = (int(found.group(1)), int(found.group(2))) if found else (1, 1)
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[:number - 1])
    if slip := _slip(text, before + column, known_prefixes):
        place, sentence = slip
        number = text.count("\n", 0, place) + 1
        column = place - text.rfind("\n", 0, place)
    line = lines[min(number, len(lines)) - 1].replace("\t", " ").rstrip("\r")
    if not slip:
        column = _of_word(line, column)
        sentence = _what_stands_there(line[column - 1:].strip())
    shown, caret = _around(line, column)
    return QueryError(f"line {number}, column {column}: {sentence}\n  {shown}\n  {' ' * caret}^")


def _slip(text: str, until: int, known_prefixes: Iterable[str]) -> tuple[int, str] | None:
    """Where a slip stands that explains why the parser gave up at a place, often much later, and what it is."""
    plain, prefixes = blanked(text), set(known_prefixes)
    first = re.match(r"(?:\s*(?:PREFIX\s+[\w.-]*:|BASE\b))*\s*(\w+)", plain, re.I)
    if first and first.group(1).upper() not in _FORMS and (hint := did_you_mean(first.group(1), _FORMS)):
        return first.start(1), f"a query begins with {', '.join(_FORMS[:-1])} or {_FORMS[-1]}; {hint}"
    declared = prefixes | set(re.findall(r"\bPREFIX\s+([\w.-]*):", plain, re.I))
    for name in re.finditer(r"(?<![\w?$:.%@-])((?:[^\W\d_][\w.-]*)?):(?=[\w%\\])", plain[:until]):
        if name.group(1) not in declared:
            hint = did_you_mean(name.group(1), prefixes) or "declare it with PREFIX"
            return name.start(), f"the prefix {name.group()} is not declared; {hint}"
    return None


def _of_word(line: str, column: int) -> int:
    """Where the word begins that a column is in: a parser may read some letters of it before it gives up."""
    while 1 < column <= len(line) and line[column - 1].isalnum() and line[column - 2].isalnum():
        column -= 1
    return column


def _what_stands_there(rest: str) -> str:
    if not rest:
        return "the query ends or breaks off here; is a closing brace, a term or a WHERE missing?"
    return f"this cannot stand here: {rest.split()[0][:40]}"


def _around(line: str, column: int, reach: int = 70) -> tuple[str, int]:
    """The part of a long line around a column, and where in that part the column is."""
    first = max(0, column - 1 - reach)
    before, after = ("…" if first else ""), ("…" if len(line) > column + reach else "")
    return f"{before}{line[first: column + reach]}{after}", len(before) + column - 1 - first
