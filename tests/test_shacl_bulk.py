"""N-Triples that go into the store unseen: only where that makes no difference."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse

from kgtool.errors import DataError
from kgtool.shacl import bulk, load
from kgtool.shacl.files import File
from kgtool.terms import RDF, XSD

LINE = '<http://e/a> <http://e/p> "{}"^^<' + XSD + "{}> .\n"


def file(folder: Path, content: str) -> File:
    path = folder / "data.nt"
    path.write_text(content)
    return File(path)


@pytest.mark.parametrize(("content", "plain"), [
    (LINE.format("7", "integer"), True),
    (LINE.format("07", "integer"), False),
    (LINE.format("1.50", "decimal"), False),
    (LINE.format("7", "int"), False),
    (LINE.format("seven", "integer"), False),
    (LINE.format("2023-02-31", "date"), False),
    (LINE.format("7", "integer").replace(' "', '\t"'), False),
    (LINE.format("7", "integer").replace('"^^', '" ^^ '), False),
    (LINE.format("07", "integer").replace("#i", r"#\u0069"), False),
    ('<http://e/a> <http://e/p> "a > \\"7\\" b"@en .\n<http://e/a> <http://e/p> <http://e/b> .\n', True),
    ('_:a <http://e/p> "7" .\n', False),
    ("", False),
])
def test_what_is_plain_is_told_from_the_text(tmp_path, content, plain):
    assert bulk.looked_at(file(tmp_path, content))[0] is plain


WELL_FORMED = '<http://e/a> <https://e/p#q> "a 7, b"@en-GB .\n<http://e/a> <http://e/p> <http://e/b?c=d> .\n'


@pytest.mark.parametrize(("good", "bad"), [
    ("http://e/a", "e/a"), ("http://e/a", "http://e/ a"), ("http://e/a", "http://e/%"), ("http://e/a", "http://e:x/"),
    ("#q", "#q#r"), ("en-GB", "abcdefghi"), ("7", "\r"), (" 7, b", " .\nb"), ("@en-GB", f"^^<{RDF}langString>"),
])
def test_a_line_that_a_strict_parser_refuses_is_never_taken_for_well_formed(tmp_path, good, bad):
    assert bulk.looked_at(file(tmp_path, WELL_FORMED)) == (True, True)
    wrong = file(tmp_path, WELL_FORMED.replace(good, bad, 1))
    assert bulk.looked_at(wrong) == (True, False)
    with pytest.raises(DataError):
        bulk.load_files([wrong])


PIECES = st.sampled_from([
    *'<>":#@^.\n\r\\é ', "<http://e/a> ", '"a"', "@en", "^^", " .\n", "http://", "<http://e/a> <http://e/p> ",
])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=9).map("".join))
def test_what_is_seen_to_be_well_formed_is_read_alike_strictly_and_leniently(tail):
    lines = f'<http://e/a> <http://e/p> "x" .\n<http://e/a> <http://e/p> {tail}'.encode()
    if bulk._is_well_formed(lines):
        assert _read(lines, lenient=True) == _read(lines, lenient=False)


def _read(lines: bytes, lenient: bool) -> set[Quad] | None:
    try:
        return set(parse(lines, RdfFormat.N_TRIPLES, lenient=lenient))
    except SyntaxError:
        return None


TEXTS = st.sampled_from(["7", "07", "-0", "1.5", "1.50", "true", "1", "2020-01-31", "2020-01-31Z", "x", "", '\\"7\\"'])
TYPES = st.sampled_from(["integer", "decimal", "boolean", "date", "string", "int", "double"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXTS, TYPES), max_size=4))
def test_a_file_taken_as_it_is_makes_the_same_data_as_one_read_triple_by_triple(tmp_path_factory, literals):
    made = file(tmp_path_factory.mktemp("nt"), "".join(LINE.format(*literal) for literal in literals))
    whole, one_by_one = bulk.load_files([made]), load(made)
    assert set(whole.store) == set(one_by_one.store) and whole.wrapped == one_by_one.wrapped
    assert set(whole.written()) == set(made)


def test_a_plain_file_and_one_that_is_not_are_one_graph(tmp_path):
    plain, other = file(tmp_path, LINE.format("7", "integer")), tmp_path / "other.nt"
    other.write_text(LINE.format("07", "integer") + LINE.format("08", "integer"))
    files = [plain, File(other, 1)]
    both = bulk.load_files(files)
    assert set(both.store) == set(load(quad for each in files for quad in each).store)
