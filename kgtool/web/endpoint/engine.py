"""What a worker does: the one place of the server where what others wrote meets the engine."""

from __future__ import annotations

import email.policy
import itertools
import pickle
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat

from kgtool import catalogue, rdf, store
from kgtool.errors import DataError, KgtoolError, Problem, QueryError, StoreError
from kgtool.isolate import Stopped
from kgtool.terms import Prefixes
from kgtool.web.endpoint import protocol, using
from kgtool.web.endpoint.asked import DEFAULT, Asked, Dataset, Delete, Query, Read, Update, Write
from kgtool.web.endpoint.formats import PARTS, SOLUTIONS, TRIPLES, UPLOADS
from kgtool.web.endpoint.http import Refusal
from kgtool.web.endpoint.protocol import Sent

MOST_ROWS, MOST_BYTES = 1_000_000, 64_000_000
_ENOUGH = 1000  # triples to see which prefixes are worth declaring
_PATIENCE = 20  # tenths of a second
_STAGE = NamedNode("urn:kgtool:being-uploaded")
_RESULTS = {
    "json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV,
}
_BETWEEN_ROWS = {"json": b"},{", "xml": b"<result>", "csv": b"\n", "tsv": b"\n"}
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.S)

Work = Callable[[bytes], bytes]
_Document = tuple[bytes, RdfFormat, str]


def reading(folder: Path) -> Work:
    """Answers from the newest build in a folder."""
    opened = store.open_read_only(folder)
    work = _work(opened.engine, opened.prefixes, writable=False)
    work.kept = opened  # its files stay for as long as it is held
    return work


def writing(folder: Path) -> Work:
    """Answers from a store of its own, and changes it."""
    engine = _owned(folder)
    engine.update(f"DROP SILENT GRAPH {_STAGE}")  # left behind by an upload that was cut short
    return _work(engine, Prefixes({}), writable=True)


def _owned(folder: Path) -> ox.Store:
    """The store, open for writing; who had it open before may be about to end."""
    for _ in range(_PATIENCE):
        with suppress(OSError):
            return ox.Store(str(folder))
        time.sleep(0.1)
    try:
        return ox.Store(str(folder))
    except OSError as error:
        raise StoreError(f"{folder} cannot be written to: {str(error).splitlines()[0]}") from error


def _work(engine: ox.Store, prefixes: Prefixes, writable: bool) -> Work:
    """What comes back is a status and a media type on a line, and a body."""

    def work(asked: bytes) -> bytes:
        said = pickle.loads(asked)  # our own parent's words
        try:
            said = _read_request(said, writable) if isinstance(said, Sent) else said
        except Refusal as why:
            return b"%d text/plain\n%b\n" % (why.status, str(why).encode())
        status, media_type, body = _DOING[type(said)](engine, prefixes, said)
        return b"%d %b\n%b" % (status, media_type.encode(), body)

    return work


def _read_request(sent: Sent, writable: bool) -> Asked:
    asked = protocol.read(sent)
    if isinstance(asked, Update) and not writable:
        raise Refusal(403, "this server is read-only; change graph_data/ and build again, "
                           "or start it with --writable DIR to have a store to try things out in")
    if isinstance(asked, Update) and sent.other_site:
        raise Refusal(403, "pages of other sites may read here, and not write")
    return asked


class _Page:
    """A file that holds so much and no more."""

    def __init__(self):
        self.pieces: list[bytes] = []
        self.bytes = 0

    def write(self, piece: bytes) -> int:
        self.bytes += len(piece)
        if self.bytes > MOST_BYTES:
            raise OSError(f"the answer is larger than {MOST_BYTES // 1_000_000} MB; ask for less, with a LIMIT for instance")
        self.pieces.append(piece)
        return len(piece)

    def flush(self) -> None:
        """There is nothing to flush."""

    @property
    def content(self) -> bytes:
        return b"".join(self.pieces)


# https://www.w3.org/TR/sparql11-protocol/#query-operation


def _query(engine: ox.Store, prefixes: Prefixes, said: Query) -> tuple[int, str, bytes]:
    _check(said.text)
    found = _found(engine, prefixes, said)
    if isinstance(found, ox.QueryTriples):
        return _triples(found, prefixes, said.triples)
    if said.solutions is None:
        return 406, "text/plain", f"this query gives rows or a yes or no, which come as {_listed(SOLUTIONS)}\n".encode()
    form = SOLUTIONS[said.solutions]
    page = _Page()
    _reading(lambda: found.serialize(page, format=_RESULTS[form]))
    return 200, said.solutions, _counted(page.content, form)


@lru_cache(1024)
def _check(text: str) -> None:
    catalogue.check_foreign(text)


def _found(engine: ox.Store, prefixes: Prefixes, said: Query):
    dataset = _graphs(said.dataset)
    try:
        try:
            return engine.query(said.text, **dataset)
        except SyntaxError:
            # a query's own prefixes and absolute IRIs are nearly always enough, and more takes as long as the query
            return engine.query(said.text, base_iri=said.base, prefixes=dict(prefixes), **dataset)
    except SyntaxError as error:
        raise catalogue.syntax_error(said.text, error, prefixes) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query could not be run: {error}") from error


def _graphs(dataset: Dataset) -> dict[str, list[NamedNode]]:
    if not (dataset.default or dataset.named):
        return {}
    return {"default_graph": _names(dataset.default), "named_graphs": _names(dataset.named)}


def _names(iris: tuple[str, ...]) -> list[NamedNode]:
    return [_name(iri) for iri in iris]


def _name(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"{iri} is not the IRI of a graph; give an absolute one") from error


def _triples(found: ox.QueryTriples, prefixes: Prefixes, media_type: str | None) -> tuple[int, str, bytes]:
    if media_type is None:
        return 406, "text/plain", f"this query gives triples, which come as {_listed(TRIPLES)}\n".encode()
    page = _Page()
    triples = _reading(lambda: list(itertools.islice(found, MOST_ROWS + 1)))
    if len(triples) > MOST_ROWS:
        raise _too_many("triples")
    used = rdf.used(triples[:_ENOUGH], prefixes)
    _reading(lambda: ox.serialize(triples, page, rdf.FORMATS[TRIPLES[media_type]], prefixes=used))
    return 200, media_type, page.content


def _reading(read: Callable):
    """What is read from the store while it is written out; it may end in too much of it."""
    try:
        return read()
    except OSError as error:
        if "the answer is larger" in str(error):
            raise Stopped(str(error)) from error
        raise StoreError(f"the store is damaged: {str(error).splitlines()[0]}; run `kgtool build --force`") from error
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"the query could not be run: {error}") from error


def _counted(content: bytes, form: str) -> bytes:
    """The same, where it has not too many rows. What parts two rows may stand in a text, so then they are counted again."""
    between = _BETWEEN_ROWS[form]
    if len(content) > MOST_ROWS and content.count(between) > MOST_ROWS:
        plain = content if form == "xml" else _QUOTED.sub(b"", content)
        if plain.count(between) > MOST_ROWS:
            raise _too_many("rows")
    return content


def _too_many(what: str) -> KgtoolError:
    return Stopped(f"the answer has more than {MOST_ROWS:,} {what}; ask for less, with a LIMIT for instance")


def _listed(names: dict[str, str]) -> str:
    return ", ".join(names)


# https://www.w3.org/TR/sparql11-protocol/#update-operation


def _update(engine: ox.Store, prefixes: Prefixes, said: Update) -> tuple[int, str, bytes]:
    catalogue.check_foreign_update(said.text)
    _names((*said.dataset.default, *said.dataset.named))
    text = using.written(said.text, said.dataset)
    try:
        engine.update(text, base_iri=said.base)
    except SyntaxError as error:
        raise catalogue.syntax_error(text, error, prefixes) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the update could not be made: {error}") from error
    return 204, "", b""


# https://www.w3.org/TR/sparql11-http-rdf-update/


def _read(engine: ox.Store, prefixes: Prefixes, said: Read) -> tuple[int, str, bytes]:
    graph = None if said.graph is None else _graph(said.graph)
    if said.graph and not engine.contains_named_graph(graph):
        return _none_such(said.graph)
    page = _Page()
    form = rdf.FORMATS[TRIPLES[said.media_type]]
    _reading(lambda: engine.dump(page, form, from_graph=graph, prefixes=dict(prefixes)))
    return 200, said.media_type, page.content


def _write(engine: ox.Store, prefixes: Prefixes, said: Write) -> tuple[int, str, bytes]:
    graph = _graph(said.graph)
    is_new = bool(said.graph) and not engine.contains_named_graph(graph)
    documents = list(_documents(said))
    if said.instead:
        _replace(engine, documents, graph)
    else:
        _load(engine, documents, graph)
    if said.graph:
        engine.add_graph(graph)
    return 201 if is_new else 204, "", b""


def _documents(said: Write) -> Iterator[_Document]:
    if not said.media_type.startswith(PARTS):
        yield said.content, rdf.FORMATS[UPLOADS[said.media_type]], said.base
        return
    head = b"Content-Type: %b\r\n\r\n" % said.media_type.encode()
    whole = BytesParser(policy=email.policy.HTTP).parsebytes(head + said.content)
    for part in whole.iter_parts():
        if (kind := part.get_content_type()) not in UPLOADS:
            raise DataError(Problem(f"a part of the upload is {kind}", f"send each as one of {_listed(UPLOADS)}"))
        yield part.get_payload(decode=True), rdf.FORMATS[UPLOADS[kind]], said.base


def _replace(engine: ox.Store, documents: list[_Document], graph: NamedNode | DefaultGraph) -> None:
    """Loaded to the side, and moved in one step: half a graph is never seen, and what cannot be read changes nothing."""
    engine.add_graph(_STAGE)
    try:
        _load(engine, documents, _STAGE)
        engine.update(f"MOVE {_STAGE} TO {graph if isinstance(graph, NamedNode) else 'DEFAULT'}")
    finally:
        engine.remove_graph(_STAGE)


def _load(engine: ox.Store, documents: Iterable[_Document], graph: NamedNode | DefaultGraph) -> None:
    quads = []
    for content, form, base in documents:
        try:
            quads += ox.parse(content, form, base_iri=base, without_named_graphs=form.supports_datasets, rename_blank_nodes=True)
        except (SyntaxError, ValueError) as error:
            raise DataError(Problem(f"the upload cannot be read: {error}", "mend it, and send it again")) from error
    engine.extend(ox.Quad(*quad.triple, graph) for quad in quads)


def _delete(engine: ox.Store, prefixes: Prefixes, said: Delete) -> tuple[int, str, bytes]:
    graph = _graph(said.graph)
    if said.graph and not engine.contains_named_graph(graph):
        return _none_such(said.graph)
    if said.graph:
        engine.remove_graph(graph)
    else:
        engine.clear_graph(graph)
    return 204, "", b""


def _graph(name: str) -> NamedNode | DefaultGraph:
    return DefaultGraph() if name == DEFAULT else _name(name)


def _none_such(graph: str) -> tuple[int, str, bytes]:
    return 404, "text/plain", f"there is no graph {graph}\n".encode()


_DOING = {Query: _query, Update: _update, Read: _read, Write: _write, Delete: _delete}
