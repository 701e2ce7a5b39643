"""An RDF file by anybody, read as a stream of triples whose blank nodes have names that stay."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Quad, QuadParser, RdfFormat, parse

from kgtool import nesting, rdf
from kgtool.errors import DataError, Place, Problem
from kgtool.terms import Term, did_you_mean

FORMATS = {**rdf.FORMATS, ".owl": RdfFormat.RDF_XML, ".xml": RdfFormat.RDF_XML, ".json": RdfFormat.JSON_LD}
# A parser's own label for a node that has none in the file, and the labels that we give.
_UNNAMED = re.compile(r"[a-f][0-9a-f]{24,31}")
OURS = re.compile(r"b\d+(-\d+)?|f\d+\..*", re.DOTALL)


class File:
    """One file, to be read as often as wanted; ``prefixes`` are those it declares, known once it was read.

    Blank nodes have the same labels each time: those of the file, and ``_:b0``, ``_:b1`` … for those without. Files
    with different numbers have no blank node in common.
    """

    def __init__(self, path: Path, number: int = 0):
        self.path = path
        self.name = str(path)
        self.number = number
        self.prefixes: dict[str, str] = {}

    def __iter__(self) -> Iterator[Quad]:
        """Every triple, as a quad; a DataError with the place where it cannot be read."""
        parser, label = self._parser(), _Labels(self.number)
        try:
            for quad in parser:
                subject, value = quad.subject, quad.object
                if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
                    quad = Quad(label(subject), quad.predicate, label(value), quad.graph_name)
                yield quad
        except SyntaxError as error:
            raise self._unreadable(error) from error
        except MemoryError as error:
            raise rdf.oversized(error, self.name) from error
        self.prefixes = dict(parser.prefixes)

    @property
    def base(self) -> str:
        """What a relative IRI in the file is relative to."""
        # https://www.rfc-editor.org/rfc/rfc3986#section-5.1.3
        return self.path.absolute().as_uri()

    @property
    def format(self) -> RdfFormat:
        """The format that the file's name promises."""
        suffix = self.path.suffix.lower()
        if suffix not in FORMATS:
            remedy = did_you_mean(suffix, FORMATS) or f"use one of {', '.join(FORMATS)}"
            raise self._wrong("no RDF format ends like this", remedy)
        return FORMATS[suffix]

    def _parser(self) -> QuadParser:
        form = self.format
        self.check()
        if form == RdfFormat.RDF_XML:
            nesting.check(self.path)
        return parse(path=self.name, format=form, base_iri=self.base)

    def check(self) -> None:
        """Nothing where the file may be read: what is no regular file might never end."""
        try:
            if not stat.S_ISREG(self.path.stat().st_mode):
                raise self._wrong("is not a regular file", "name a file, not a folder, pipe or device")
            with self.path.open("rb") as content:
                head = content.read(4)
        except OSError as error:
            raise self._wrong(f"cannot be read: {error.strerror}", "check the path and its permissions") from error
        if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            rdf.decoded(head, self.name)
        if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
            raise self._wrong("is packed (gzip or zip)", "unpack it first")
        if b"\x00" in head:
            raise self._wrong("is no text, or UTF-16", "save it as UTF-8")

    def _unreadable(self, error: SyntaxError) -> DataError:
        message = str(error.args[0]).partition(": ")[2] or str(error.args[0])
        place = Place(self.name, error.lineno or 0, error.offset or 0)
        if "utf-8" in message.lower():
            return DataError(Problem("is not UTF-8 here", "save the file as UTF-8", place))
        if "LoadDocumentCallback" in message:
            return self._wrong("names a context elsewhere, and kgtool does not use the network",
                               "put the @context into the file")
        return DataError(Problem(" ".join(message.split()), rdf.GRAMMARS[self.format], place))

    def _wrong(self, problem: str, remedy: str) -> DataError:
        return DataError(Problem(problem, remedy, Place(self.name)))


class _Labels:
    """The labels of one file's blank nodes, as they come."""

    def __init__(self, number: int):
        self._number = number
        self._known: dict[str, BlankNode] = {}
        self._unnamed = 0

    def __call__(self, term: Term) -> Term:
        if not isinstance(term, BlankNode):
            return term
        if term.value not in self._known:
            self._known[term.value] = BlankNode(self._new(term.value))
        return self._known[term.value]

    def _new(self, label: str) -> str:
        if not _UNNAMED.fullmatch(label):
            return labelled(label, self._number)
        self._unnamed += 1
        return f"b{self._unnamed - 1}" + (f"-{self._number}" if self._number else "")


def labelled(written: str, number: int) -> str:
    """The label of a node that has one in the file; that of the first file's is left as it is where it may be."""
    return f"f{number}.{written}" if number or OURS.fullmatch(written) else written
