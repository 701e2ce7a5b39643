"""Files ↔ quads: RDF read from what people wrote, and written sorted, so that the same quads are the same bytes."""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from kgtool.errors import DataError, Place, Problem, WrongUse, relative
from kgtool.terms import PROV, RDF, RDFS, SH, SKOS, Prefixes, Term, digest

TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")
ALT_LABEL = NamedNode(SKOS + "altLabel")
SUB_CLASS_OF = NamedNode(RDFS + "subClassOf")
SUBJECT, PREDICATE, OBJECT = (NamedNode(RDF + part) for part in ("subject", "predicate", "object"))
SPECIALIZATION_OF = NamedNode(PROV + "specializationOf")

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
GRAMMARS = {
    form: f"see https://www.w3.org/TR/{name}/ for the grammar"
    for name, form in {
        "turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "n-triples": RdfFormat.N_TRIPLES,
        "n-quads": RdfFormat.N_QUADS, "rdf-syntax-grammar": RdfFormat.RDF_XML, "json-ld11": RdfFormat.JSON_LD,
    }.items()
}

Node = Mapping[NamedNode, tuple[Term, ...]]


def read(path: Path, root: Path | None = None) -> list[Quad]:
    """The quads of one RDF file in the order written, repeats included; every failure is a DataError with its place."""
    name = relative(path, root) if root else str(path)
    rdf_format = FORMATS.get(path.suffix)
    if rdf_format is None:
        raise DataError(Problem("no RDF format ends like this", f"use one of {', '.join(FORMATS)}", Place(name)))
    try:
        return list(ox.parse(text(path, name), format=rdf_format))
    except SyntaxError as error:
        raise DataError(syntax_problem(error, name, rdf_format)) from error


def text(path: Path, name: str) -> str:
    """A file's text as UTF-8, with one plain sentence for each way in which it is not."""
    return decoded(raw(path, name), name)


def raw(path: Path, name: str) -> bytes:
    """A file's bytes. What is no regular file is refused, since reading a pipe or a device might never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(Problem("is not a regular file", "name a file, not a folder, pipe or device", Place(name)))
        return path.read_bytes()
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", "check the path and its permissions", Place(name))
        raise DataError(problem) from error


def decoded(raw: bytes, name: str) -> str:
    """UTF-8 bytes as text; UTF-16, a byte order mark and broken bytes are named for what they are."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(Problem("is UTF-16", "save it as UTF-8", Place(name)))
    if raw.startswith(b"\xef\xbb\xbf"):
        raise DataError(Problem("begins with a byte order mark", "save it as UTF-8 without one", Place(name, 1, 1)))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(Problem("is not UTF-8 here", "save the file as UTF-8", Place(name, line))) from error


def iri(text: str) -> NamedNode:
    """An absolute IRI that somebody typed."""
    try:
        return NamedNode(text)
    except ValueError as error:
        raise WrongUse(f"{text} is no absolute IRI, such as https://example.org/graph") from error


def syntax_problem(error: SyntaxError, name: str, form: RdfFormat) -> Problem:
    """What the parser of a format says, with its place and a remedy."""
    message = str(error.args[0]).split(": ", 1)[-1]
    message = message[:1].lower() + message[1:]
    return Problem(message, _syntax_remedy(message) or GRAMMARS[form], Place(name, error.lineno or 0, error.offset or 0))


def _syntax_remedy(message: str) -> str:
    if "prefix" in message and "declared" in message:
        return "declare it with @prefix at the top; ontology/prefixes.ttl has the project's"
    if "IRI" in message:
        return "an IRI holds no spaces, quotes or angle brackets; percent-encode them"
    if "dot" in message:
        return "a block ends with ' .'; the one above this line is not ended"
    return ""


def oversized(error: MemoryError, name: str) -> DataError | MemoryError:
    """What a parser means by it: a term that is longer than its buffer, which it says in words, or that no memory is left."""
    if not error.args:
        return error
    return DataError(Problem("holds a name or text of more than 16 MB", "shorten it", Place(name)))


def nodes(quads: Iterable[Quad]) -> dict[Term, dict[NamedNode, tuple[Term, ...]]]:
    """Quads by subject and predicate, in the order written."""
    grouped: dict = defaultdict(lambda: defaultdict(tuple))
    for quad in quads:
        grouped[quad.subject][quad.predicate] += (quad.object,)
    return {subject: dict(properties) for subject, properties in grouped.items()}


def one(node: Node, predicate: NamedNode) -> str | None:
    """The first value of a property, as text."""
    values = node.get(predicate)
    return values[0].value if values else None


def prefixes(quads: Iterable[Quad]) -> Prefixes:
    """What sh:declare declares."""
    declared = nodes(quads).values()
    prefix, namespace = NamedNode(SH + "prefix"), NamedNode(SH + "namespace")
    return Prefixes({one(node, prefix): one(node, namespace) for node in declared if prefix in node})


def write(quads: Iterable[Quad], rdf_format: RdfFormat, names: Prefixes) -> bytes:
    """Sorted, with the prefixes it uses: the same quads give the same bytes, whatever their order.

    Formats without named graphs get the quads' triples, each once. The data must hold no blank nodes.
    """
    if rdf_format.supports_datasets:
        content: list[Quad] | list[Triple] = sorted(set(quads), key=quad_key)
    else:
        content = sorted({quad.triple for quad in quads}, key=triple_key)
    return ox.serialize(content, format=rdf_format, prefixes=used(content, names))


def turtle_in_parts(parts: Iterable[Iterable[Quad]], names: Prefixes) -> Iterator[str]:
    """One file of Turtle, each part sorted by itself; with all prefixes, for nobody knows yet which will be used."""
    declared = {prefix: names[prefix] for prefix in sorted(names)}
    yield (head := "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in declared.items()))
    for part in parts:
        content = sorted({quad.triple for quad in part}, key=triple_key)
        yield ox.serialize(content, format=FORMATS[".ttl"], prefixes=declared).decode()[len(head):]


def used(content: Iterable[Quad | Triple], names: Prefixes) -> dict[str, str]:
    terms = {term for statement in content for term in statement}
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    iris |= {term.datatype.value for term in terms if isinstance(term, Literal)}
    used = {names.contract(iri).partition(":")[0] for iri in iris}
    return {prefix: names[prefix] for prefix in sorted(names) if prefix in used}


def quad_key(quad: Quad) -> tuple[str, ...]:
    return (str(quad.graph_name), *triple_key(quad.triple))


def triple_key(triple: Triple) -> tuple[str, ...]:
    # rdf:type first, as people write it
    predicate = "" if triple.predicate == TYPE else str(triple.predicate)
    return (str(triple.subject), predicate, str(triple.object))


def ends(edge: Triple, names: Prefixes) -> tuple[str, str]:
    """What the two ends of an edge are called in a network: CURIEs, and for a value a name of its own.

    One node for each edge that ends in a value: two studies with 106 participants have nothing in common.
    """
    source, target = edge.subject, edge.object
    if isinstance(target, Literal):
        return names.show(source), "value-" + digest(*map(str, edge))
    return names.show(source), names.show(target)


def lines(quads: Iterable[Quad]) -> list[str]:
    """Each quad's triple as a line of N-Triples, whichever graph it stands in."""
    said = ox.serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES).decode()
    # not splitlines(), which takes characters for line ends that a literal may hold
    return said.removesuffix("\n").split("\n") if said else []


def from_lines(said: Iterable[str]) -> list[Quad]:
    """The triples of such lines."""
    return list(ox.parse("".join(f"{line}\n" for line in said), format=RdfFormat.N_TRIPLES))
