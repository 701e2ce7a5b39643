"""Passages are found exactly where they were recorded, or the right fix is named."""

import csv
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kgtool.errors import WrongUse
from kgtool.passages import find, nearest, passage, problem, sentence, text_fragment

SHARED = Path(os.environ.get("KGTOOL_SHARED") or Path(__file__).resolve().parents[1].parent / "shared")
V = "https://example.org/version-1"
TEXT = "Drug A was “well” tolerated\xa0in adults. It’s given daily – as a tablet, or as a syrup (oral). It helps.\n"

ODD = " \xa0\n\t\u2003’'\"“-–—.,e\u0301𝄞😀AaßİK"
odd_text = st.text(st.sampled_from(ODD) | st.characters(exclude_categories=["Cs"]))


@st.composite
def spans(draw):
    text = draw(odd_text.filter(lambda text: text.split()))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    assume(text[start:end].split())
    return text, start, end


@pytest.fixture(scope="module")
def article():
    path = SHARED / "sources" / "smanewstoday-baclofen.txt"
    if not path.exists():
        pytest.skip("the founding article is not at hand")
    return path.read_bytes().decode()


def facts():
    path = SHARED / "sources" / "smanewstoday-baclofen.facts.tsv"
    if not path.exists():
        return []
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(int(row["start"]), int(row["end"])) for row in csv.DictReader(lines, delimiter="\t")]


def test_eight_words_are_known_by_two_at_each_end_and_seven_by_one():
    made = passage(V, "one two three four five six seven eight", 0, 39)
    assert (made.first_words, made.last_words) == ("one two", "seven eight")
    made = passage(V, "one two three four five six seven eight", 0, 33)
    assert (made.first_words, made.last_words) == ("one", "seven")


def test_words_are_parted_by_any_white_space_and_keep_their_punctuation():
    made = passage(V, "(one)\xa0two\u2003three\nfour five six,\tseven “eight”.", 0, 45)
    assert (made.first_words, made.last_words) == ("(one) two", "seven “eight”.")


@pytest.mark.parametrize("start, end, said", [
    (-1, 4, "not inside"), (0, 5, "not inside"),
    (2, 2, "holds no text"), (3, 1, "holds no text"), (1, 2, "white space"),
])
def test_a_span_that_is_none_is_refused(start, end, said):
    with pytest.raises(WrongUse, match=said):
        passage(V, "a \tb", start, end)


def test_half_a_character_is_refused_in_a_passage_and_harmless_elsewhere_in_the_text():
    with pytest.raises(WrongUse, match="surrogate"):
        passage(V, "ab \ud800", 0, 4)
    made = passage(V, "\ud800 ab", 2, 4)
    assert problem(made, "\ud800 ab") is None
    assert "start 1 and end 3" in problem(made, "\ud800ab ").remedy


@given(spans())
def test_a_passage_is_found_where_it_was_made(span):
    text, start, end = span
    assert problem(passage(V, text, start, end), text) is None


@given(spans(), st.text("xy \xa0", min_size=1, max_size=9))
def test_a_passage_that_moved_is_found_again(span, inserted):
    text, start, end = span
    start += len(text[start:end]) - len(text[start:end].lstrip())
    moved = problem(passage(V, text, start, end), inserted + text)
    if moved:
        new_start, new_end = map(int, re.search(r"start (\d+) and end (\d+)", moved.remedy).groups())
        assert (inserted + text)[new_start:new_end] == text[start:end]


def test_every_fact_of_the_article_is_a_passage_of_it(article):
    places = facts()
    assert len(places) == 53
    assert all(problem(passage(V, article, *place), article) is None for place in places)


def test_every_fact_of_the_article_is_found_by_typing_it(article):
    for start, end in facts():
        typed = " ".join(article[start:end].replace("’", "'").split())
        assert (start, end) in find(article, typed)


def test_an_end_behind_the_text_is_a_problem_with_a_question_about_the_version():
    found = problem(replace(passage(V, TEXT, 0, 6), end=500, digest="0" * 64), TEXT)
    assert f"0–500 is not inside the text of {len(TEXT)} code points" in found.message
    assert "version" in found.remedy


def test_places_counted_in_bytes_are_told_so():
    made = passage(V, TEXT, *find(TEXT, "as a tablet")[0])
    start = len(TEXT[:made.start].encode())
    found = problem(replace(made, start=start, end=start + len("as a tablet")), TEXT)
    assert found.remedy.endswith(f"set start {made.start} and end {made.end}")
    longer = passage(V, TEXT, *find(TEXT, '"well" tolerated in adults')[0])
    span = TEXT[:longer.start].encode(), TEXT[longer.start:longer.end].encode()
    found = problem(replace(longer, start=len(span[0]), end=len(span[0]) + len(span[1])), TEXT)
    assert "bytes" in found.remedy and f"set start {longer.start} and end {longer.end}" in found.remedy


def test_of_several_places_the_nearest_is_proposed():
    made = passage(V, "pain and ache, pain, pain", 15, 19)
    assert "start 21 and end 25" in problem(made, "pain and ache, more, pain").remedy


def test_changed_words_between_the_same_ends_show_the_digest_that_would_fit():
    made = passage(V, "seen in 12 men today", 0, 20)
    found = problem(made, "seen in 21 men today")
    assert '"seen … today"' in found.message
    assert passage(V, "seen in 21 men today", 0, 20).digest in found.remedy


def test_another_text_in_the_place_is_shown_by_its_first_and_last_words_only():
    found = problem(passage(V, "seen in 12 men today", 0, 20), "quite another text stands here now")
    assert '"quite … s"' in found.message and "another" not in found.message


@pytest.mark.parametrize("field", ["first_words", "last_words"])
def test_wrong_edge_words_are_put_right(field):
    made = passage(V, TEXT, 0, 38)
    found = problem(replace(made, **{field: "no such"}), TEXT)
    assert 'not "no such"' in found.message
    assert found.remedy == f'write "{getattr(made, field)}"'


@pytest.mark.parametrize("words", ["", "  ", "\xa0\n"])
def test_nothing_to_look_for_is_refused(words):
    for look in (find, nearest):
        with pytest.raises(WrongUse, match="no words"):
            look(TEXT, words)


@pytest.mark.parametrize("typed, raw", [
    ('"well" tolerated in adults', "“well” tolerated\xa0in adults"),
    ("It's given daily - as", "It’s given daily – as"),
    ("syrup (oral).", "syrup (oral)."),
    ("  a \n tablet ", "a tablet"),
    ("DRUG a", "Drug A"),
])
def test_words_from_a_keyboard_are_found_in_print(typed, raw):
    start = TEXT.index(raw)
    assert find(TEXT, typed) == [(start, start + len(raw))]


def test_exact_case_hides_other_cases_and_overlaps_are_all_found():
    assert find("US us Us us", "us") == [(3, 5), (9, 11)]
    assert find("aaa", "aa") == [(0, 2), (1, 3)]
    assert find(TEXT, "unheard of") == find("", "a") == []


@given(spans())
def test_what_is_found_reads_as_typed_and_what_stands_there_is_found(span):
    text, start, end = span
    typed = " ".join(text[start:end].split())
    places = find(text, typed)
    alike = str.maketrans("‘’ʼ‛′“”„‟″‐‑‒–—−", "'''''\"\"\"\"\"------")
    read = [" ".join(text[begin:stop].split()).translate(alike) for begin, stop in places]
    assert set(read) == {typed.translate(alike)}
    raw = text[start:end]
    left = len(raw) - len(raw.lstrip())
    assert (start + left, start + left + len(raw.strip())) in places


def test_the_nearest_words_are_the_longest_run_that_stands_there():
    assert nearest(TEXT, "Drug B was well given daily - as a pill") == "given daily - as a"
    assert nearest(TEXT, "able or sy") == "or"
    assert nearest(TEXT, "unheard") == ""


@pytest.mark.parametrize("text, words, before, after", [
    ("It is old. Approved by the U.S. Food Office. Yes.", "Food", "Approved by the U.S. ", " Office."),
    ("It is sold in the U.S. The label is old.", "label", "The ", " is old."),
    ("Some drugs, e.g. Alpha 2.5 mg, help. Others do not.", "Alpha", "Some drugs, e.g. ", " 2.5 mg, help."),
    ("Dr. J. R. Hill wrote it. So what?", "wrote", "Dr. J. R. Hill ", " it."),
    ("Seen in MS. Baclofen helps.", "Baclofen", "", " helps."),
    ("Does it help? Yes! It does.", "Yes", "", "!"),
    ("How it works\n\nIt binds. It acts.", "works", "How it ", ""),
    ("A title\nIt goes on\nover the line end. Done.", "over", "It goes on\n", " the line end."),
    ("A title\r\n\r\nthen small letters", "then", "", " small letters"),
    ("He said “no.” She left (early). All went.", "left", "She ", " (early)."),
    ("Small p. values. pH was low.", "was", "pH ", " low."),
    ("It ends... Then more.", "more", "Then ", "."),
    ("one sentence without a stop", "without", "one sentence ", " a stop"),
])
def test_a_sentence_survives_its_full_stops(text, words, before, after):
    assert sentence(text, *find(text, words)[0]) == (before, words, after)


def test_a_span_over_two_sentences_gets_both():
    assert sentence("Old. It is. It was. New.", 8, 14) == ("It ", "is. It", " was.")


@given(spans())
def test_a_sentence_is_a_piece_of_the_text_around_the_span(span):
    text, start, end = span
    before, lit, after = sentence(text, start, end)
    assert lit == text[start:end]
    assert text[start - len(before):end + len(after)] == before + lit + after


def test_a_fragment_encodes_what_has_a_meaning_in_it():
    made = passage(V, "well-known, safe & sound", 0, 24)
    assert text_fragment("https://example.org/a?b=c", made) == (
        "https://example.org/a?b=c#:~:text=well%2Dknown%2C,sound"
    )
    made = passage(V, "a & b é 5% (x) y, z-z", 0, 21)
    assert text_fragment("https://example.org/", made).endswith("#:~:text=a%20%26,y%2C%20z%2Dz")


def test_a_fragment_joins_an_older_one_and_replaces_an_older_directive():
    made = passage(V, "pain", 0, 4)
    assert text_fragment("https://example.org/#top", made) == "https://example.org/#top:~:text=pain"
    assert text_fragment("https://example.org/#top:~:text=old", made) == "https://example.org/#top:~:text=pain"


def test_one_word_is_lit_once_and_the_same_word_at_both_ends_as_a_range():
    assert text_fragment("u", passage(V, "pain", 0, 4)) == "u#:~:text=pain"
    assert text_fragment("u", passage(V, "pain, no pain", 6, 13)) == "u#:~:text=no,pain"
    assert text_fragment("u", passage(V, "pain no pain", 0, 12)) == "u#:~:text=pain,pain"


@pytest.mark.parametrize("text", [
    "a" * 200_000, " " * 200_000 + "a", "." * 200_000 + "a", "a. " * 70_000, "\n" * 200_000 + "a",
])
def test_long_and_empty_stretches_are_read_in_one_go(text):
    end = text.rindex("a") + 1
    before, lit, after = sentence(text, end - 1, end)
    assert lit == "a" and before + lit + after in text
    assert find(text, "b") == [] and nearest(text, "b c d") == ""
