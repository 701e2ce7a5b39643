"""What people type finds what they mean: the index of names and words, and `kgtool search` over it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kgtool import build, index
from kgtool.errors import StoreError, WrongUse
from kgtool.index import Name

DRUG, SIGN, CLAIM = ("https://w3id.org/kgtool/vocab#" + kind for kind in ("Drug", "Sign", "Claim"))
NAMES = [
    Name("x:ms", "Multiple sclerosis", SIGN),
    Name("x:ms", "MS", SIGN, "synonym"),
    Name("x:ms", "id:ms", SIGN, "id"),
    Name("x:tuberous", "Tuberous sclerosis", SIGN),
    Name("x:scleroderma", "Scleroderma", SIGN),
    Name("x:scler", "scler", SIGN, "synonym"),
    Name("x:sjogren", "Sjögren syndrome", SIGN),
    Name("x:drug", "Dimethylfumarate", DRUG),
    Name("x:drug", "DRUGBANK:DB08908", DRUG, "identifier"),
    Name("x:drug", "CHEBI:76004", DRUG, "near identifier"),
    Name("x:c1", "Sclerosis is what it treats.", CLAIM, "words"),
    Name("x:c1", "is thought to", CLAIM, "hedge"),
    Name("x:c1", "claim:page-v1-f10", CLAIM, "id"),
]


@pytest.fixture(scope="module")
def small() -> index.Index:
    return index.in_memory(NAMES)


def found(made: index.Index, words: str, limit: int = 50) -> list[str]:
    return [hit.iri for hit in index.search(made, words, limit)]


def test_whole_names_come_before_beginnings_before_later_words_before_claims(small):
    assert found(small, "scler") == ["x:scler", "x:scleroderma", "x:ms", "x:tuberous", "x:c1"]


@pytest.mark.parametrize(("words", "thing"), [
    ("scler mult", "x:ms"), ("MULTIPLE", "x:ms"), ("ms", "x:ms"), ("sjogren", "x:sjogren"), ("SJÖGREN", "x:sjogren"),
    ("sjo\u0308gren", "x:sjogren"), ("drugbank:db08908", "x:drug"), ("DB089", "x:drug"), ("76004", "x:drug"),
    ("thought", "x:c1"), ("page-v1-f10", "x:c1"), ("f10", "x:c1"), ("fumar", "x:drug"), ("methyl", "x:drug"),
])
def test_a_thing_is_found_by_any_of_its_names(small, words, thing):
    assert found(small, words)[:1] == [thing]


def test_a_thing_comes_once_by_its_best_name_with_kind_and_label(small):
    (hit,) = index.search(small, "ms")
    assert hit == index.Hit("x:ms", "Multiple sclerosis", SIGN, "MS", "synonym")


def test_only_things_of_some_kinds_are_found_where_these_are_named(small):
    assert [hit.iri for hit in index.search(small, "scler", of=[CLAIM])] == ["x:c1"]
    assert {hit.iri for hit in index.search(small, "scler", of=[SIGN, DRUG])} == set(found(small, "scler")) - {"x:c1"}
    assert index.search(small, "scler", of=["x:no-kind"]) == ()


def test_a_limit_keeps_the_best(small):
    assert found(small, "scler", 2) == ["x:scler", "x:scleroderma"]


@pytest.mark.parametrize("words", [
    '"', '""', "* OR", "NEAR(", "scler AND", "^", "-", ":", "folded:scler", "{", "(", "'; DROP TABLE names; --", "\x00", "a\x00b",
    "😀", "😀 😀", "\ud800", "%", "_", "x" * index.LONGEST, "a " * 500, "ʼ", "é" * 300,
])
def test_no_typing_is_an_error_of_the_index(small, words):
    try:
        index.search(small, words)
    except WrongUse as error:
        assert "at least one word" in str(error)
    index.alike(small, words)


def test_signs_of_the_query_language_are_words_like_others(small):
    assert found(small, 'scler" OR "ms') == []
    assert found(small, "multiple* sclerosis") == ["x:ms"]
    assert found(small, "😀 multiple") == ["x:ms"]


@pytest.mark.parametrize(("words", "limit", "said"), [
    ("", 5, "at least one word"), (" _ ", 5, "at least one word"), ("x", 0, "not 0"),
    ("x" * (index.LONGEST + 1), 5, "1,001 characters are too many"),
])
def test_what_cannot_be_searched_for_is_said(small, words, limit, said):
    with pytest.raises(WrongUse, match=said):
        index.search(small, words, limit)


def test_misspelt_words_have_names_alike(small):
    assert "Tuberous sclerosis" in index.alike(small, "tubberous scelrosis")
    assert index.alike(small, "tubberous scelrosis", [DRUG]) == []


def test_the_same_names_in_any_order_give_the_same_bytes(tmp_path):
    shuffled = random.Random(1).sample(NAMES, len(NAMES))
    for name, names in (("one", NAMES), ("two", shuffled + shuffled)):
        index.write(tmp_path / name, names)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_two_builds_index_the_same_bytes(world):
    first = _file(world).read_bytes()
    build.build(world, force=True)
    assert _file(world).read_bytes() == first


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"no database"),
                                    lambda file: file.write_bytes(file.read_bytes()[:5000])])
def test_a_damaged_index_is_an_error_with_its_remedy(world, damage):
    file = _file(world)
    damage(file)
    with pytest.raises(StoreError, match="damaged: .*`kgtool build --force`"):
        index.search(index.open(file), "examplin")


def test_an_index_damaged_in_the_middle_is_told_whatever_is_asked_of_it(tmp_path):
    index.write(tmp_path / "names", [Name(f"x:{number}", f"name {number}", DRUG) for number in range(2000)])
    whole = (tmp_path / "names").read_bytes()
    (tmp_path / "names").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 8192) + whole[-4096:])
    for ask in (index.called, index.kinds, index.label, index.of_kind, index.alike, index.search):
        with pytest.raises(StoreError, match="missing or damaged: .*`kgtool build --force`"):
            ask(index.open(tmp_path / "names"), "name 17")


def test_an_index_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StoreError, match="cannot be written: .*; is there room for it"):
        index.write(tmp_path / "no" / "such" / "folder", NAMES)


def test_the_command_finds_and_suggests(run_built):
    assert "HP:0001257\tSpasticity\tkg:Sign\tlabel" in run_built("search", "SPAST").stdout
    limited = run_built("search", "s", "--limit", "2", "-f", "jsonl")
    assert len(limited.stdout.splitlines()) == 2 and "the first 2; --limit shows more" in limited.stderr
    none = run_built("search", "spasticitty")
    assert (none.returncode, none.stdout.count("\n")) == (1, 1) and "did you mean Spasticity?" in none.stderr


def _file(world) -> Path:
    (file,) = world.store.glob(f"generation-*/{index.FILE}")
    return file


def test_words_of_sources_are_found_in_the_users_own_copies_alone(world, run, page):
    none = run("search", "--passages", "taken")
    assert none.returncode == 1 and "no text is at hand" in none.stderr
    assert run("sources", "add", page).returncode == 0
    found = run("search", "--passages", "BY MOUTH")
    assert found.returncode == 0 and "\tpassage\n" in found.stdout
    (kept,) = world.texts.glob("passages-*.sqlite")
    assert not list(world.build.rglob("passages*")), "words of others are no product"
    before = kept.stat().st_mtime_ns
    assert run("search", "--passages", "by mouth").stdout == found.stdout
    assert kept.stat().st_mtime_ns == before, "made anew though nothing has changed"
    build.build(world, force=True)
    assert run("search", "--passages", "by mouth").stdout == found.stdout
    assert len(list(world.texts.glob("passages-*.sqlite"))) == 1
