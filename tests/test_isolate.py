"""Work that may crash is done in a child: its answer comes over whole, and whatever else happens is one sentence."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

import pytest

from kgtool import isolate
from kgtool.errors import DataError, Place, Problem, QueryError, WrongUse
from kgtool.isolate import Limits, Stopped

QUICK = Limits(seconds=20, megabytes=500)


def run(work, limits: Limits = QUICK, prepare=lambda: None) -> bytes:
    return isolate.run("the work", prepare, work, limits)


def fail(error: BaseException):
    def work(_):
        raise error

    return work


def test_what_was_prepared_is_worked_on_and_the_answer_comes_over_whole():
    assert run(lambda number: b"x" * number, prepare=lambda: 3_000_000) == b"x" * 3_000_000
    assert run(lambda _: b"") == b""
    assert run(lambda _: b"!=.") == b"!=."


def test_the_work_is_done_elsewhere():
    assert int(run(lambda _: str(os.getpid()).encode())) != os.getpid()


@pytest.mark.parametrize("error", [
    WrongUse("no such thing; é"), QueryError("line 1\n  x\n  ^"),
    DataError([Problem("is wrong", "mend it", Place("a.ttl", 1)), Problem("and this")]),
])
def test_an_error_made_on_purpose_comes_over_as_such(error):
    for step in (lambda: run(fail(error)), lambda: run(lambda _: b"", prepare=lambda: fail(error)(None))):
        with pytest.raises(type(error)) as raised:
            step()
        assert str(raised.value) == str(error)


def test_any_other_error_ends_the_child_and_is_one_sentence():
    with pytest.raises(Stopped, match=r"^the work failed: ZeroDivisionError: by nothing$"):
        run(fail(ZeroDivisionError("by nothing")))


def test_work_that_takes_too_long_is_stopped():
    began = time.monotonic()
    with pytest.raises(Stopped, match=r"the work took longer than 0\.3 seconds and was stopped; --timeout"):
        run(lambda _: time.sleep(60), Limits(seconds=0.3))
    assert time.monotonic() - began < 10


def test_work_that_may_tell_how_far_it_came_is_stopped_in_time_where_it_cannot():
    def work(_: None) -> bytes:
        isolate.end_in(0.3)
        time.sleep(60)
        return b""

    with pytest.raises(Stopped, match=r"the work took longer than 0\.3 seconds and was stopped; --timeout"):
        run(work, Limits(0.3, telling=60))


def test_the_time_counts_from_when_all_is_prepared():
    assert run(lambda _: b"done", Limits(seconds=0.5), prepare=lambda: time.sleep(1)) == b"done"


def test_work_that_needs_too_much_memory_is_stopped():
    with pytest.raises(Stopped, match="needs more than 200 MB of memory and was stopped; --more gives it more"):
        run(lambda _: bytes(1_000_000_000), Limits(megabytes=200, remedy="--more gives it more"))


@pytest.mark.parametrize("by", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_one_sentence_and_prints_nothing(by, capfd):
    def crash(_):
        os.write(2, b"fatal runtime error: stack overflow\n")
        os.kill(os.getpid(), by)

    with pytest.raises(Stopped, match="the work broke the engine: it nests too deeply, or needs more than 500 MB"):
        run(crash)
    assert capfd.readouterr() == ("", "")


def test_python_itself_may_nest_too_deeply():
    def down(n):
        return down(n + 1)

    with pytest.raises(Stopped, match="nests too deeply; make it flatter"):
        run(down, prepare=lambda: 0)


def test_a_note_to_people_reaches_them(capfd):
    run(lambda _: print("a note", file=sys.stderr) or b"")
    assert capfd.readouterr().err == "a note\n"


def test_what_was_half_printed_before_is_printed_once(capfd):
    print("half", end="")
    run(lambda _: b"")
    print(" whole")
    assert capfd.readouterr().out == "half whole\n"


@pytest.mark.parametrize("end", [lambda _: b"done", fail(WrongUse("x")), lambda _: os.abort()])
def test_no_child_is_left_behind(tmp_path, end):
    def work(_):
        (tmp_path / "number").write_text(str(os.getpid()))
        return end(_)

    with suppress(Stopped, WrongUse):
        run(work)
    with pytest.raises(ChildProcessError):
        os.waitpid(int((tmp_path / "number").read_text()), os.WNOHANG)


# A query of somebody's


def test_a_query_without_end_is_stopped_and_the_next_is_answered(run_built):
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    stopped = run_built("query", endless, "--timeout", "0.5")
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert stopped.stderr == "error: the query took longer than 0.5 seconds and was stopped; --timeout gives it more\n"
    assert run_built("query", "ASK { ?drug a kg:Drug }").stdout == "true\n"


def test_a_query_that_fills_the_memory_is_stopped(run_built):
    greedy = 'SELECT (STRLEN(?x25) AS ?n) { BIND("0123456789012345678901234567890123456789" AS ?x0) '
    greedy += " ".join(f"BIND(CONCAT(?x{n}, ?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(25)) + " }"
    stopped = run_built("query", greedy, "--timeout", "40")  # on a busy machine it may take that long to fill it
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert stopped.stderr.count("\n") == 1 and "the query" in stopped.stderr


@pytest.mark.parametrize(("query", "form", "begins", "code"), [
    ("ASK { ?drug a kg:Nothing }", None, "false\n", 1),
    ("SELECT ?kind { ?kind a ?x } ORDER BY ?kind LIMIT 1", "csv", "kind\n", 0),
    ("CONSTRUCT { ?s a kg:Drug } { ?s a kg:Drug }", "nt", "<https://", 0),
    ("SELECT ?x { ?x a kg:Nothing }", "tsv", "x\n", 0),
])
def test_each_form_of_answer_comes_over(run_built, query, form, begins, code):
    ran = run_built("query", query, *(("-f", form) if form else ()))
    assert (ran.returncode, ran.stdout[:len(begins)]) == (code, begins)


def test_a_query_writes_its_file(run, world):
    assert run("query", "SELECT ?drug { ?drug a kg:Drug }", "-o", "drugs.json").stdout == ""
    assert (world.root / "drugs.json").read_text().startswith("[")
