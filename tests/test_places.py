"""Where triples stand: every triple of the real parser is found, and each place is that of its token."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from kgtool.errors import Place
from kgtool.places import Standing, find, of_line, triples
from kgtool.terms import RDF, XSD

SHARED = Path(os.environ.get("KGTOOL_SHARED") or Path(__file__).resolve().parents[1].parent / "shared")
SHACL_TESTS = sorted((SHARED / "w3c" / "shacl-tests").rglob("*.ttl"))
BASE = "http://base.example/a/b?c"

EXAMPLE = """\
@prefix e: <http://e/> .
# e:commented e:out 1 .

e:first a e:Kind ;  e:says "one", 'two'@en ,
    \"\"\"three
lines\"\"\" ; ;
    e:number 4.5e0.
<http://e/last>
  e:p <http://e/q>.
"""


def said(text: str, base: str = "") -> list[tuple[str, str, str]]:
    return [(s.subject, s.predicate, s.object) for s in triples(text, "a.ttl", base)]


def places(text: str) -> list[tuple[str, str, str]]:
    """Object, then line:column of the object, the predicate and the block."""
    def short(place: Place) -> str:
        return f"{place.line}:{place.column}"

    found = triples("@prefix : <e:> .\n" + text, "a.ttl")
    return [(s.object, short(s.place), short(s.predicate_place), short(s.block)) for s in found]


def objects(text: str) -> list[str]:
    return [standing.object for standing in triples(f"@prefix : <e:> .\n:s :p {text} .", "a.ttl")]


def test_every_triple_has_the_place_of_its_object_predicate_and_subject():
    assert [(s.object, str(s.place), str(s.predicate_place), str(s.block)) for s in triples(EXAMPLE, "x.ttl")] == [
        ("http://e/Kind", "x.ttl:4:11", "x.ttl:4:9", "x.ttl:4:1"),
        ("one", "x.ttl:4:28", "x.ttl:4:21", "x.ttl:4:1"),
        ("two", "x.ttl:4:35", "x.ttl:4:21", "x.ttl:4:1"),
        ("three\nlines", "x.ttl:5:5", "x.ttl:4:21", "x.ttl:4:1"),
        ("4.5e0", "x.ttl:7:14", "x.ttl:7:5", "x.ttl:4:1"),
        ("http://e/q", "x.ttl:9:7", "x.ttl:9:3", "x.ttl:8:1"),
    ]


def test_columns_count_code_points():
    assert places(':s :p "🧠é" , :o .')[1] == ("e:o", "2:14", "2:4", "2:1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_ends_one_line(end):
    [standing] = triples(f"@prefix : <e:> .{end}{end}:s{end} :p 1 .", "a.ttl")
    assert (standing.block, standing.place) == (Place("a.ttl", 3, 1), Place("a.ttl", 4, 5))


def test_a_text_without_triples_has_no_places():
    assert said("") == said("# only a comment") == said("@prefix e: <http://e/> .") == []


@pytest.mark.parametrize(
    "written, value",
    [
        (r'"a\tb\"c\\d\u00e9\U0001F9E0"', 'a\tb"c\\dé🧠'),
        ("''", ""),
        ("'''it's ''fine'' # here'''", "it's ''fine'' # here"),
        ('"<not:iri> [ ; . "', "<not:iri> [ ; . "),
        ('"x"@en-GB--ltr', "x"),
        ('"5"^^<http://www.w3.org/2001/XMLSchema#byte>', "5"),
        ('"5"  ^^  :type', "5"),
        ("-.5", "-.5"),
        ("+7", "+7"),
        ("true", "true"),
        (r"<e:\u0041>", "e:A"),
        (r":a\-b\.c\.", "e:a-b.c."),
        (":a.b:c.d", "e:a.b:c.d"),
        (":%41", "e:%41"),
        ("_:l.1", "_:l.1"),
        ("()", RDF + "nil"),
    ],
)
def test_a_term_is_read_as_the_parser_reads_it(written, value):
    assert objects(written) == [value]


def test_what_touches_a_stop_is_not_part_of_it():
    assert said("PREFIX e: <e:> e:s e:p 5.e:t e:p 'x'.e:u a e:o. e:v a<e:o>,_:b.") == [
        ("e:s", "e:p", "5"), ("e:t", "e:p", "x"), ("e:u", RDF + "type", "e:o"), ("e:v", RDF + "type", "e:o"),
        ("e:v", RDF + "type", "_:b"),
    ]


def test_inner_brackets_are_blocks_of_their_own():
    assert places(":s :p [ :q 1 ; :r [ a :K ] ] ; :t 2 .") == [
        ("1", "2:12", "2:9", "2:7"),
        ("e:K", "2:23", "2:21", "2:19"),
        ("_:[2:19", "2:19", "2:16", "2:7"),
        ("_:[2:7", "2:7", "2:4", "2:1"),
        ("2", "2:35", "2:32", "2:1"),
    ]


def test_a_bracket_can_be_a_subject_with_and_without_more_said_of_it():
    assert said("[ <e:p> 1 ] . [ <e:p> 2 ] <e:q> 3 . [] <e:r> 4 .") == [
        ("_:[1:1", "e:p", "1"),
        ("_:[1:15", "e:p", "2"),
        ("_:[1:15", "e:q", "3"),
        ("_:[1:37", "e:r", "4"),
    ]


def test_items_of_a_list_stand_where_they_are_written():
    found = list(triples("<e:s> <e:p> ( 1 <e:x> ) .", "a.ttl"))
    firsts = [(s.object, s.place.column) for s in found if s.predicate == RDF + "first"]
    assert firsts == [("1", 15), ("e:x", 17)]
    assert [(s.subject, s.object) for s in found if s.predicate == RDF + "rest"] == [
        ("_:(1:13", "_:,1:17"), ("_:,1:17", RDF + "nil"),
    ]
    assert (found[-1].subject, found[-1].object, found[-1].place.column) == ("e:s", "_:(1:13", 13)


def test_directives_change_names_from_where_they_stand():
    text = """BASE <http://x/y/z>
        PREFIX : <#>
        <s> :p <../o> , <> , <?q> , </r> , <//h> , <#> .
        @base <http://other/> . @prefix : <e:> .
        <s> :p <urn:n> . VERSION "1.2" <s2> :p 1 ."""
    assert said(text) == [
        *(("http://x/y/s", "http://x/y/z#p", found) for found in (
            "http://x/o", "http://x/y/z", "http://x/y/z?q", "http://x/r", "http://h", "http://x/y/z#",
        )),
        ("http://other/s", "e:p", "urn:n"),
        ("http://other/s2", "e:p", "1"),
    ]


def test_graph_blocks_of_trig_and_graphs_of_nquads_are_no_part_of_a_triple():
    text = "{ <e:a> <e:p> 1 } GRAPH <e:g> { <e:b> <e:p> 2 ; <e:q> 3 . } <e:h> { <e:c> <e:p> 4 . } [] {} <e:d> <e:p> 5 ."
    assert [(s, o) for s, _, o in said(text)] == [
        ("e:a", "1"), ("e:b", "2"), ("e:b", "3"), ("e:c", "4"), ("e:d", "5"),
    ]
    assert said('<e:a> <e:p> "x" <e:g> .\n<e:b> <e:p> _:o _:g .') == [("e:a", "e:p", "x"), ("e:b", "e:p", "_:o")]


def test_what_a_triple_term_quotes_is_not_said():
    assert [o for _, _, o in said("<e:s> <e:p> <<( <e:a> <e:b> 1 )>> , 2 .")] == ["_:<<(1:13", "2"]
    assert said("<< <e:a> <e:b> <<( <e:c> <e:d> 1 )>> ~ <e:r> >> <e:p> 2 .") == [("e:r", "e:p", "2")]


def test_an_annotation_is_about_its_reifier():
    assert said("<e:s> <e:p> 1 ~ <e:r> {| <e:q> 2 |} {| <e:q> 3 |} , 4 ~ .") == [
        ("e:s", "e:p", "1"), ("e:r", "e:q", "2"), ("_:{|1:37", "e:q", "3"), ("e:s", "e:p", "4"),
    ]


def test_depth_and_length_do_not_matter():
    deep = "<e:s> <e:p> " + "[ <e:p> " * 20_000 + "(" * 20_000 + ")" * 20_000 + " ]" * 20_000 + " ."
    assert len(said(deep)) == 20_000 + 1 + 2 * 19_999
    [(_, _, long)] = said('<e:s> <e:p> """' + 'x"y\\n ' * 100_000 + '""" .' + "\n# end" * 100_000)
    assert len(long) == 500_000


@pytest.mark.parametrize(
    "subject, predicate, value, place",
    [
        ("http://e/first", "http://e/says", "two", (4, 35)),
        ("http://e/first", "http://e/says", "five", (4, 21)),
        ("http://e/first", "http://e/says", "", (4, 21)),
        ("http://e/first", "http://e/lacks", "one", (4, 1)),
        ("http://e/first", "", "one", (4, 28)),
        ("http://e/last", "", "", (8, 1)),
    ],
)
def test_the_nearest_place_is_found(subject, predicate, value, place):
    assert find(triples(EXAMPLE, "x.ttl"), subject, predicate, value) == Place("x.ttl", *place)


def test_a_subject_that_stands_nowhere_has_no_place():
    assert find(triples(EXAMPLE, "x.ttl"), "http://e/q") is None
    assert find((), "http://e/first", "http://e/says", "one") is None


LOCALS = st.text("abcXYZ019.-_~!$&'()*+,;=/?@%é🧠·", max_size=8).map(lambda t: t.replace("%", "%41"))
SPACES = st.sampled_from(["http://e/", "http://e/x#"])
IRIS = st.builds(lambda space, local: NamedNode(space + local), SPACES, LOCALS)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("\"'\\\n\r\t#.<>", max_size=6)
LITERALS = (
    st.builds(Literal, TEXTS)
    | st.builds(lambda text: Literal(text, language="en-gb"), TEXTS)
    | st.builds(lambda text, kind: Literal(text, datatype=kind), TEXTS, IRIS)
    | st.builds(Literal, st.integers() | st.floats() | st.booleans())
    | st.builds(lambda text: Literal(text, datatype=NamedNode(XSD + "decimal")), st.sampled_from(["1.", "-.5", "01.0"]))
)
TRIPLES = st.lists(st.builds(Triple, IRIS, IRIS, IRIS | LITERALS), max_size=12)
PREFIXES = {"": "http://e/", "e.x-1": "http://e/x#"}


def written_as(term: NamedNode | Literal) -> tuple[str, ...]:
    """How a token of this term can begin, by sight alone."""
    if isinstance(term, Literal):
        return ('"', "'", term.value) if term.value else ('"', "'")
    return (str(term), "a", ":", "e.x-1:")


@pytest.mark.parametrize("line", [
    '<http://e/s> <http://e/p> <http://e/o> .', "_:a <http://e/p> _:b.c .", '<http://e/s> <http://e/p> "" .',
    '<http://e/s> <http://e/p> "ä \U0001f480 <x> . _:y"@en-GB <http://e/g> .', '<http://e/s> <http://e/p> _:x _:g . \t',
    '<http://e/s> <http://e/p> "1"^^<http://e/t> .', '<http://e/s> <http://e/p> "a\\"b\\u00e9" .',
    "# <http://e/s> said nothing", "",
    "<http://e/s>  <http://e/p>\t<http://e/o>.", '<http://e/\\u00e9> <http://e/p> <http://e/o> . # so', "_:a<http://e/p>_:b.",
])
def test_one_line_has_the_places_that_a_text_of_it_has(line):
    assert list(of_line(line, "a.nq", 1)) == list(triples(line, "a.nq"))


@settings(max_examples=150, deadline=None)
@given(TRIPLES, st.sampled_from([RdfFormat.TURTLE, RdfFormat.TRIG]), st.sampled_from([{}, PREFIXES]))
def test_what_is_serialised_is_found_again_in_turtle_and_trig(written, rdf_format, prefixes):
    text = serialize(written, format=rdf_format, prefixes=prefixes).decode()
    expected = list(parse(text, format=rdf_format))
    found = list(triples(text, "a.ttl"))
    assert Counter((s.subject, s.predicate, s.object) for s in found) == Counter(
        (q.subject.value, q.predicate.value, q.object.value) for q in expected
    )
    starts = offsets(text)
    for standing, quad in zip(found, expected, strict=True):
        for place, term in (
            (standing.block, quad.subject), (standing.predicate_place, quad.predicate), (standing.place, quad.object),
        ):
            assert text.startswith(written_as(term), starts[place.line] + place.column - 1)


@settings(max_examples=100, deadline=None)
@given(TRIPLES, IRIS)
def test_what_is_serialised_is_found_at_its_exact_token_in_nquads(written, graph):
    quads = [Quad(t.subject, t.predicate, t.object, graph) for t in written]
    text = serialize(quads, format=RdfFormat.N_QUADS).decode()
    for line, (quad, standing) in enumerate(zip(quads, triples(text, "a.nq"), strict=True), start=1):
        predicate_column = len(str(quad.subject)) + 2
        object_column = predicate_column + len(str(quad.predicate)) + 1
        assert standing == Standing(
            quad.subject.value, quad.predicate.value, quad.object.value,
            Place("a.nq", line, object_column), Place("a.nq", line, predicate_column), Place("a.nq", line, 1),
        )


REFERENCES = st.text("ab./?#:;%é", max_size=10)


@settings(max_examples=300, deadline=None)
@given(REFERENCES, st.sampled_from(["http://h/a/b?q#f", "http://h", "file:///a/b"]))
def test_relative_iris_are_resolved_as_the_parser_resolves_them(reference, base):
    text = f"<e:s> <e:p> <{reference}> ."
    try:
        [quad] = parse(text, format=RdfFormat.TURTLE, base_iri=base)
    except SyntaxError:
        return
    assert said(text, base) == [("e:s", "e:p", quad.object.value)]


def offsets(text: str) -> dict[int, int]:
    """Where each line starts, counted the slow and plain way."""
    starts = {1: 0}
    for offset, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[offset + 1: offset + 2] != "\n"):
            starts[len(starts) + 1] = offset + 1
    return starts


@pytest.mark.skipif(not SHACL_TESTS, reason="the W3C SHACL tests are not beside the repository")
def test_all_triples_of_the_w3c_shacl_tests_are_found():
    for path in SHACL_TESTS:
        text = path.read_text(encoding="utf-8")
        quads = parse(text, format=RdfFormat.TURTLE, base_iri=BASE)
        expected = canonical((name(q.subject), q.predicate.value, name(q.object)) for q in quads)
        assert canonical(said(text, BASE)) == expected, path.name


def name(term: NamedNode | BlankNode | Literal) -> str:
    return str(term) if isinstance(term, BlankNode) else term.value


def canonical(found) -> Dataset:
    """The same dataset whatever blank nodes are called; objects as plain text, since no more is kept of them."""
    blank: dict[str, BlankNode] = {}

    def node(name: str, otherwise: type) -> BlankNode | NamedNode | Literal:
        return blank.setdefault(name, BlankNode()) if name.startswith("_:") else otherwise(name)

    quads = Dataset(Quad(node(s, NamedNode), NamedNode(p), node(o, Literal)) for s, p, o in found)
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return quads


def test_of_some_terms_only_the_triples_with_them_are_told():
    text = '@prefix e: <http://e/> .\ne:a e:b e:c , e:d .\ne:x e:b ( e:c "c" ) ; e:a e:d .\n'
    told, some = list(triples(text, "a.ttl")), {"http://e/a", "http://e/c"}
    about = [standing for standing in told if some & {standing.subject, standing.object}]
    assert list(triples(text, "a.ttl", about=some)) == about and len(about) == 3
