"""Where in a file each triple stands: reads Turtle, TriG, N-Triples and N-Quads for the places of their terms.

Parsers give no places, so this reads a file a second time, after a parser has found nothing wrong in it. It checks
nothing, and it keeps no more of a literal than its text: the parser's triples are the data, these are their places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace

from kgtool.errors import Place
from kgtool.terms import RDF


@dataclass(frozen=True)
class Standing:
    """One triple and where it stands: ``place`` is where its object starts, ``block`` where its subject does.

    IRIs are absolute, literals are their unescaped text, blank nodes ``_:label``, with a label made from the place
    where the file gives none. Inside ``[ ]``, ``( )`` and ``{| |}`` the subject starts at the bracket.
    """

    subject: str
    predicate: str
    object: str
    place: Place
    predicate_place: Place
    block: Place


_PlaceOf = Callable[[int], Place]
# The parts of a triple, and at which characters its object, predicate and subject begin.
_Row = tuple[str, str, str, int, int, int]


def triples(text: str, file: str, base: str = "", about: Container[str] | None = None) -> Iterator[Standing]:
    """Every triple of a text that parses, or those with one of the terms ``about`` as subject or object; lists as rdf:first
    and rdf:rest. What a triple term quotes is left out.

    >>> [standing] = triples('@prefix e: <http://e/> .\\ne:a e:b "c" .', "a.ttl")
    >>> standing.object, str(standing.place)
    ('c', 'a.ttl:2:9')
    """
    place_of = _place_finder(text, file)
    for subject, predicate, value, *offsets in _rows(text, base, place_of, about):
        if about is None or subject in about or value in about:
            yield Standing(subject, predicate, value, *map(place_of, offsets))


def _rows(text: str, base: str, place_of: _PlaceOf, about: Container[str] | None) -> Iterator[_Row]:
    """All rows, but for those of plain pairs that are not ``about`` what one wants."""
    names = _Names(base)
    frames = [_Frame(place_of)]
    tokens = _Tokens(text)
    while True:
        yield from _plain(tokens, names, frames[-1], about)
        if (token := next(tokens, None)) is None:
            return
        kind = token.lastgroup
        word = token[kind]
        if kind == "stop":
            frames[-1].stop(word)
        elif kind == "bracket":
            yield from _bracket(word, token.start(), frames)
        elif kind == "word" and word not in _SHORT:
            names.declare(word, tokens)
        else:
            yield from frames[-1].take(names.value(kind, word), token.start())


def _plain(tokens: _Tokens, names: _Names, frame: _Frame, about: Container[str] | None) -> Iterator[_Row]:
    """The rows of the predicates and objects that come next, as long as these are plain: one look each instead of three."""
    pattern, is_wanted = _AHEAD.get(frame.awaits), about is None or frame.subject in about
    predicate = ""
    while pattern and (found := pattern.match(tokens.text, tokens.at)):
        tokens.at = found.end()
        named, plain, quoted, end = found.groups()
        if named:
            predicate, frame.predicate_start = named, found.start()
        value = names.short(plain) if plain else names.value("quoted", quoted)
        if is_wanted or value in about:
            start = found.start("object" if plain else "quoted")
            yield (frame.subject, names.short(predicate) if predicate else frame.predicate, value, start,
                   frame.predicate_start, frame.block)
        frame.stop(end)
        pattern = _AHEAD.get(frame.awaits)
    frame.predicate = names.short(predicate) if predicate else frame.predicate


def of_line(line: str, file: str, number: int) -> Iterator[Standing]:
    """The triples of one line of N-Triples or N-Quads, told by one look where it is spelled as nearly all are."""
    if usual := _USUAL_LINE.fullmatch(line):
        block, predicate_place, place = (Place(file, number, usual.start(part) + 1) for part in (1, 2, 3))
        yield Standing(*map(_unquoted, usual.groups()), place, predicate_place, block)
        return
    for standing in triples(line, file):
        at = {part: Place(file, number, getattr(standing, part).column) for part in ("place", "predicate_place", "block")}
        yield replace(standing, **at)


def find(standings: Iterable[Standing], subject: str, predicate: str = "", value: str = "") -> Place | None:
    """The nearest place to what is said of ``subject``: the value, else the predicate, else the subject's block."""
    own = [standing for standing in standings if standing.subject == subject]
    on_path = [standing for standing in own if standing.predicate == predicate]
    exact = [standing for standing in (on_path if predicate else own) if value and standing.object == value]
    nearest = [s.place for s in exact[:1]] + [s.predicate_place for s in on_path[:1]] + [s.block for s in own[:1]]
    return nearest[0] if nearest else None


# Looser than the grammar where valid input cannot tell: outside strings, IRIs and comments every character beyond
# ASCII is part of a name.  https://www.w3.org/TR/turtle/#sec-grammar-grammar
_NAME = r"A-Za-z0-9_\-\u0080-\U0010ffff"
_IRI = r"<[^<>]*+>"
_PNAME = (
    rf"(?:[A-Za-z\u0080-\U0010ffff][{_NAME}]*+(?:\.++[{_NAME}]++)*+)?"
    rf":(?:[{_NAME}:%]++|\\.|\.++(?=[{_NAME}:%\\]))*+"
)
_QUOTED = "|".join(
    (
        r'"""(?:[^"\\]++|\\.|"(?!""))*+"""',
        r"'''(?:[^'\\]++|\\.|'(?!''))*+'''",
        r'"(?:[^"\\\r\n]++|\\.)*+"',
        r"'(?:[^'\\\r\n]++|\\.)*+'",
    )
)
_SPACE = r"[ \t\r\n]*+"
_TYPE = rf"(?:{_SPACE}(?:@[A-Za-z]++(?:-++[A-Za-z0-9]++)*+|\^\^{_SPACE}(?:{_IRI}|{_PNAME})))?+"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+)"
_TOKEN = re.compile(
    rf"(?:(?P<iri>{_IRI})|(?P<pname>{_PNAME})|(?P<quoted>{_QUOTED}){_TYPE}|(?P<number>{_NUMBER})"
    rf"|(?P<bracket><<\(?|\)?>>|\{{\||\|\}}|[\[\]()])|(?P<stop>[.;,~{{}}])"
    rf"|(?P<blank>_:[{_NAME}]++(?:\.++[{_NAME}]++)*+)|(?P<word>@?[A-Za-z]++)|#[^\r\n]*+){_SPACE}",
    re.DOTALL,
)
# One space between terms and no escapes: most lines of most files.
_NODE = r"<[^<>\\]*+>|_:\S++"
_USUAL_LINE = re.compile(
    rf'({_NODE}) (<[^<>\\]*+>) ({_NODE}|"[^"\\]*+"(?:@\S++|\^\^<[^<>\\]*+>)?+) (?:(?:{_NODE}) )?+\.[ \t\r\n]*+'
)
# What stands between most subjects and their ends. Nothing is given back once it is taken, so that 1.5 is never 1 and a stop.
_PREDICATE_HERE = rf"(?P<predicate>(?>{_IRI}|{_PNAME}|a(?![{_NAME}])))"
_OBJECT_HERE = rf"(?>(?P<object>{_IRI}|{_PNAME}|{_NUMBER}|_:[{_NAME}]++(?:\.++[{_NAME}]++)*+)|(?P<quoted>{_QUOTED}){_TYPE})"
_END_HERE = rf"{_SPACE}(?P<end>[.;,]){_SPACE}"
_PAIR = re.compile(f"{_PREDICATE_HERE}{_SPACE}{_OBJECT_HERE}{_END_HERE}", re.DOTALL)
_VALUE = re.compile(f"(?P<predicate>){_OBJECT_HERE}{_END_HERE}", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROLS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_SHORT = {"a": RDF + "type", "true": "true", "false": "false"}

_SUBJECT, _PREDICATE, _OBJECT, _DONE, _ITEM = range(5)
_AFTER_OPENING = {"[": _PREDICATE, "{|": _PREDICATE, "(": _ITEM, "<<": _SUBJECT, "<<(": _SUBJECT}
_AHEAD = {_PREDICATE: _PAIR, _OBJECT: _VALUE}
_AFTER_STOP = {".": _SUBJECT, "{": _SUBJECT, "}": _SUBJECT, ";": _PREDICATE, ",": _OBJECT, "~": _DONE}


def _place_finder(text: str, file: str) -> _PlaceOf:
    starts = [0, *(end.end() for end in re.finditer(r"\r\n?|\n", text))]

    def place_of(offset: int) -> Place:
        line = bisect_right(starts, offset)
        return Place(file, line, offset - starts[line - 1] + 1)

    return place_of


class _Tokens:
    """The words and signs of a text one after the other, without its comments."""

    def __init__(self, text: str):
        self.text = text
        self.at = 0

    def __iter__(self) -> Iterator[re.Match[str]]:
        return self

    def __next__(self) -> re.Match[str]:
        while token := _TOKEN.search(self.text, self.at):
            self.at = token.end()
            if token.lastgroup:
                return token
        raise StopIteration


class _Names:
    """The prefixes and the base as they stand at one point of the file."""

    def __init__(self, base: str):
        self._base = base
        self._namespaces: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def declare(self, word: str, tokens: Iterator[re.Match[str]]) -> None:
        """Reads what follows PREFIX, BASE and VERSION; GRAPH is followed by nothing that matters here."""
        keyword = word.lstrip("@").lower()
        if keyword == "prefix":
            prefix = next(tokens)["pname"].removesuffix(":")
            self._namespaces[prefix] = self.value("iri", next(tokens)["iri"])
        elif keyword == "base":
            self._base = self.value("iri", next(tokens)["iri"])
        elif keyword == "version":
            next(tokens)
        self._known.clear()

    def short(self, word: str) -> str:
        """The value of a word of any kind that is not in quotes."""
        known = self._known.get(word)
        if known is not None:
            return known
        kind = "iri" if word[0] == "<" else "word" if word in _SHORT else "pname" if ":" in word and word[0] != "_" else "blank"
        return self.value(kind, word)

    def value(self, kind: str, word: str) -> str:
        if kind == "quoted":
            quotes = 3 if word.startswith(('"""', "'''")) else 1
            return _unescaped(word[quotes:-quotes])
        if kind in ("blank", "number"):
            return word
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._absolute(kind, word)
        return known

    def _absolute(self, kind: str, word: str) -> str:
        if kind == "word":
            return _SHORT[word]
        if kind == "iri":
            return _resolved(self._base, _unescaped(word[1:-1]))
        prefix, _, local = word.partition(":")
        return self._namespaces[prefix] + _unescaped(local)


def _unquoted(word: str) -> str:
    """A term that has no escapes."""
    if word.startswith("_"):
        return word
    return word[1:-1] if word.startswith("<") else word[1 : word.index('"', 1)]


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    short, long, sign = escape.groups()
    return _CONTROLS.get(sign, sign) if sign else chr(int(short or long, 16))


_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)


def _resolved(base: str, iri: str) -> str:
    # https://www.rfc-editor.org/rfc/rfc3986#section-5.2, as urljoin drops an empty fragment and knows few schemes.
    scheme, authority, path, query, fragment = _PARTS.fullmatch(iri).groups("")
    if scheme or not base:
        return iri
    base_scheme, base_authority, base_path, base_query, _ = _PARTS.fullmatch(base).groups("")
    if authority:
        return base_scheme + authority + _without_dots(path) + query + fragment
    if not path:
        return base_scheme + base_authority + base_path + (query or base_query) + fragment
    if not path.startswith("/"):
        path = (base_path[: base_path.rfind("/") + 1] or "/" * bool(base_authority)) + path
    return base_scheme + base_authority + _without_dots(path) + query + fragment


def _without_dots(path: str) -> str:
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1):]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept + [""] * (segments[-1] in (".", "..")))


@dataclass(slots=True)
class _Frame:
    """An open bracket, or the statement around them all: which part of a triple its next term is.

    What stands where is told by offsets, since of most triples nobody asks for more.
    """

    place_of: _PlaceOf
    mark: str = ""
    start: int = 0
    awaits: int = _SUBJECT
    node: str = ""
    subject: str = ""
    block: int = 0
    predicate: str = ""
    predicate_start: int = 0
    # A term after the object: the graph of an N-Quads line, or the name after the ~ of RDF 1.2.
    extra: str = ""

    def take(self, node: str, start: int) -> tuple[_Row, ...]:
        if self.awaits == _OBJECT:
            self.awaits = _DONE
            if not self.mark.startswith("<<"):
                return ((self.subject, self.predicate, node, start, self.predicate_start, self.block),)
        elif self.awaits == _PREDICATE:
            self.predicate, self.predicate_start, self.awaits = node, start, _OBJECT
        elif self.awaits == _SUBJECT:
            self.subject, self.block, self.awaits = node, start, _PREDICATE
        elif self.awaits == _ITEM:
            return self._take_item(node, start)
        else:
            self.extra = node
        return ()

    def stop(self, mark: str) -> None:
        self.awaits, self.extra = _AFTER_STOP[mark], ""

    def label(self, mark: str, start: int) -> str:
        # The mark keeps labels apart: no file can write these, and two brackets at one place differ.
        place = self.place_of(start)
        return f"_:{mark}{place.line}:{place.column}"

    def _take_item(self, node: str, start: int) -> tuple[_Row, ...]:
        cell = self.label(",", start) if self.subject else self.node
        tie = self.tie(cell, start)
        self.subject = cell
        return (*tie, (cell, RDF + "first", node, start, start, self.start))

    def tie(self, cell: str, start: int) -> tuple[_Row, ...]:
        """The rdf:rest from the cell before, where there is one."""
        return ((self.subject, RDF + "rest", cell, start, start, self.start),) if self.subject else ()


def _bracket(mark: str, start: int, frames: list[_Frame]) -> tuple[_Row, ...]:
    if mark in _AFTER_OPENING:
        frames.append(_opened(mark, start, frames[-1]))
        frames[-2].extra = ""
        return ()
    return _close(start, frames)


def _opened(mark: str, start: int, outer: _Frame) -> _Frame:
    node = outer.extra if outer.extra and mark == "{|" else outer.label(mark, start)
    subject = node if mark in ("[", "{|") else ""
    return _Frame(outer.place_of, mark, start, _AFTER_OPENING[mark], node, subject, block=start)


def _close(start: int, frames: list[_Frame]) -> tuple[_Row, ...]:
    frame = frames.pop()
    if frame.mark == "{|":
        return ()
    if frame.mark == "(" and not frame.subject:
        return frames[-1].take(RDF + "nil", frame.start)
    tail = frame.tie(RDF + "nil", start) if frame.mark == "(" else ()
    node = frame.extra if frame.mark == "<<" and frame.extra else frame.node
    return (*tail, *frames[-1].take(node, frame.start))
