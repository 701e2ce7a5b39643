"""N-Triples that go into the store unseen: only where that makes no difference."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.shacl import bulk, load
from kgtool.shacl.files import File
from kgtool.terms import XSD

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
    assert bulk.is_plain(file(tmp_path, content)) is plain


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
