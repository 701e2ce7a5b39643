"""Workers that stand ready: what one of them does, or has done to it, none of the others notices."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from kgtool import workers
from kgtool.errors import QueryError, StoreError
from kgtool.isolate import Limits, Stopped
from kgtool.workers import Busy, Pool, Skills, Starter, Trade, Understood

HERE = Path(__file__)


def work(asked: bytes) -> bytes:
    word, _, rest = asked.decode().partition(" ")
    return {"say": lambda: rest.encode(), "number": lambda: str(os.getpid()).encode(), "sleep": lambda: sleep(float(rest)),
            "until": lambda: busy_until(Path(rest)),
            "die": os.abort, "fill": lambda: bytes(3_000_000_000)[:1], "many": lambda: b"x" * int(rest),
            "read": lambda: HERE.read_bytes()[:3], "write": lambda: (HERE.parent / "written").write_bytes(b"x"),
            "connect": lambda: socket.create_connection(("127.0.0.1", 9)), "wrong": wrong,
            "signal": lambda: called("tgkill", os.getppid(), os.getppid(), 0),
            "limit": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU),
            "owner": lambda: os.chown(HERE, -1, -1), "times": lambda: os.utime(HERE),
            "pipe": lambda: os.mkfifo(HERE.parent / "written"),
            "mark": lambda: os.setxattr(HERE, "user.x", b""), "urgent": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 0),
            "newest": lambda: called("syscall", 452, -100, str(HERE).encode(), 0o644, 0),
            "remove": lambda: HERE.unlink(), "run": lambda: os.execv("/bin/true", ["true"]), "down": lambda: down(0)}[word]()


def sleep(seconds: float) -> bytes:
    """Busily, as a query would."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(1000))
    return b"slept"


def until(end: Path) -> bytes:
    """What takes as long as there is no such file."""
    return b"until " + bytes(end)


def busy_until(end: Path) -> bytes:
    while not end.exists():
        sum(range(1000))
    return b"done"


def called(name: str, *given: int | bytes) -> bytes:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*given) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return b"done"


def wrong() -> bytes:
    raise QueryError("no such query")


def down(depth: int) -> bytes:
    return down(depth + 1)


def understand(said: bytes) -> Understood | None:
    return Understood(lambda: work(said[:-1])) if said.endswith(b".") else None


SKILLS = Skills(work, understand)


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    begun = workers.start(lambda: Trade(lambda: SKILLS, Limits(megabytes=500)))
    yield begun
    begun.close()


def with_pool(starter: Starter, use: Callable[[Pool], Awaitable], size: int = 2, seconds: float = 20, **more):
    async def run():
        pool = Pool(starter, size, seconds, **more)
        try:
            return await use(pool)
        finally:
            pool.close()
            await asyncio.sleep(0.05)

    return asyncio.run(run())


def one(starter: Starter, asked: bytes, **more) -> bytes:
    return with_pool(starter, lambda pool: pool.ask(asked), **more)


def test_what_few_ask_for_is_learned_once_for_all_that_begin_later(monkeypatch):
    monkeypatch.setattr("kgtool.workers.starter._SECONDS_UNTIL_LEARNING", 0.2)
    learned: list[int] = []
    skills = Skills(lambda asked: str(learned).encode(), understand)
    begun = workers.start(lambda: Trade(lambda: skills, Limits(megabytes=500), learn=lambda: learned.append(os.getpid())))
    try:
        assert one(begun, b"") == b"[]", "nobody waits for it"
        deadline = time.monotonic() + 30
        while (known := one(begun, b"")) == b"[]" and time.monotonic() < deadline:
            time.sleep(0.5)
        assert int(known.strip(b"[]")) == int(one(begun, b"").strip(b"[]")) not in (0, os.getpid())
    finally:
        begun.close()


def test_those_who_began_before_are_replaced_once_by_such_as_have_learned(monkeypatch):
    monkeypatch.setattr("kgtool.workers.starter._SECONDS_UNTIL_LEARNING", 0.2)
    learned: list[str] = []
    skills = Skills(lambda asked: f"{os.getpid()} {learned}".encode(), understand)
    begun = workers.start(lambda: Trade(lambda: skills, Limits(megabytes=500), learn=lambda: learned.append("all")))

    async def use(pool):
        first = await pool.ask(b"")
        pool.learned()
        said = [first, await pool.ask(b"")]
        for _ in range(300):
            if begun.has_learned():
                break
            await asyncio.sleep(0.1)
        for _ in range(2):
            pool.learned()
            said.append(await pool.ask(b""))
        return [each.decode().split(" ", 1) for each in said]

    try:
        early, still, then, later = with_pool(begun, use, size=1)
    finally:
        begun.close()
    assert early == still and early[1] == "[]"
    assert then == later and then[1] == "['all']" and then[0] != early[0]


def test_an_answer_comes_back_whole(starter):
    assert one(starter, b"say hello") == b"hello"
    assert one(starter, b"say ") == b""
    assert one(starter, b"many 5000000") == b"x" * 5_000_000


def test_what_is_there_can_be_read(starter):
    assert one(starter, b"read") == b'"""'


def test_an_error_made_on_purpose_comes_back_as_such_and_the_worker_lives(starter):
    async def use(pool):
        number = await pool.ask(b"number")
        with pytest.raises(QueryError, match="no such query"):
            await pool.ask(b"wrong")
        return number, await pool.ask(b"number")

    before, after = with_pool(starter, use, size=1)
    assert before == after


@pytest.mark.parametrize(("asked", "why"), [
    (b"die", "broke the engine"), (b"fill", "too much memory"), (b"down", "nests too deeply"),
    (b"write", "not permitted"), (b"connect", "not permitted"), (b"remove", "not permitted"), (b"run", "not permitted"),
    (b"signal", "not permitted"), (b"limit", "not permitted"), (b"owner", "not permitted"), (b"times", "not permitted"),
    (b"pipe", "not permitted"), (b"mark", "not permitted"), (b"urgent", "not permitted"), (b"newest", "not implemented"),
    (b"many 3000", "too large"),
])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can refuse single system calls")
def test_what_it_may_not_do_ends_in_one_sentence_and_the_next_is_served(starter, asked, why):
    async def use(pool):
        with pytest.raises(Stopped, match=why):
            await pool.ask(asked)
        return await pool.ask(b"say next")

    assert with_pool(starter, use, size=1, most_bytes=2000) == b"next"
    assert not (HERE.parent / "written").exists()


def test_what_takes_too_long_is_stopped(starter):
    with pytest.raises(Stopped, match=r"took longer than 0\.5 seconds"):
        one(starter, b"sleep 60", seconds=0.5)


def test_what_takes_long_is_answered_and_what_is_quick_does_not_wait_for_it(starter, tmp_path):
    async def use(pool):
        long = [pool.ask(until(tmp_path / "end")) for _ in range(3)]
        quick = [await pool.ask(b"say quick") for _ in range(20)]
        (tmp_path / "end").touch()
        return quick, await asyncio.gather(*long)

    assert with_pool(starter, use) == ([b"quick"] * 20, [b"done"] * 3)


def test_no_more_than_a_few_long_ones_are_taken_on_at_once(starter, tmp_path):
    async def use(pool):
        asked = [pool.ask(until(tmp_path / "end")) for _ in range(3)]
        while sum(answer.done() for answer in asked) < 2:
            await asyncio.sleep(0.01)
        (tmp_path / "end").touch()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = with_pool(starter, use, size=3, most_long=1)
    assert (answers.count(b"done"), sum(isinstance(answer, Busy) for answer in answers)) == (1, 2)


def test_without_a_side_long_work_stays_and_the_rest_waits(starter):
    async def use(pool):
        return await asyncio.gather(pool.ask(b"sleep 0.6"), pool.ask(b"say after"))

    assert with_pool(starter, use, size=1, most_long=None) == [b"slept", b"after"]


def test_work_that_nobody_waits_for_any_more_is_ended(starter):
    async def use(pool):
        number = int(await pool.ask(b"number"))
        answer = pool.ask(b"sleep 60")
        await asyncio.sleep(0.1)
        answer.cancel()
        assert await pool.ask(b"say next") == b"next"
        await asyncio.sleep(0.2)
        await pool.ask(b"say now the dead are buried")
        return number

    number = with_pool(starter, use, size=1)
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            one(starter, b"say and the starter looks after its dead when it is told something")
            os.kill(number, 0)


@pytest.fixture
def with_spare() -> Iterator[Callable[[Skills], Starter]]:
    """A starter of workers that have something to do while nobody asks."""
    begun: list[Starter] = []

    def start(skills: Skills) -> Starter:
        begun.append(workers.start(lambda: Trade(lambda: skills, Limits(megabytes=500))))
        return begun[-1]

    yield start
    for starter in begun:
        starter.close()


def test_spare_time_is_used_a_piece_at_a_time_until_there_is_no_more_to_do(with_spare):
    done: list[int] = []
    skills = Skills(lambda _: b"%d" % len(done), understand, spare=lambda: done.append(1) or len(done) < 5)

    async def use(pool):
        at_first = await pool.ask(b"")
        while int(await pool.ask(b"")) < 5:
            await asyncio.sleep(1.2)
        await asyncio.sleep(1.2)
        return at_first, await pool.ask(b"")

    assert with_pool(with_spare(skills), use, size=1) == (b"0", b"5")


def test_who_gets_stuck_in_spare_time_is_ended_and_another_answers(with_spare, tmp_path):
    skills = Skills(work, understand, spare=lambda: bool(busy_until(tmp_path / "never")))

    async def use(pool):
        number = await pool.ask(b"number")
        await asyncio.sleep(1.5)
        return number, await pool.ask(b"number")

    stuck, after = with_pool(with_spare(skills), use, size=1, seconds=0.5)
    assert stuck != after


def test_workers_of_before_finish_and_are_not_asked_again(starter):
    async def use(pool):
        before = await pool.ask(b"number")
        under_way = pool.ask(b"sleep 0.1")
        pool.renew()
        return before, await under_way, await pool.ask(b"number")

    before, finished, after = with_pool(starter, use, size=1)
    assert (finished, before != after) == (b"slept", True)


def test_a_worker_that_somebody_kills_is_replaced(starter):
    async def use(pool):
        for _ in range(5):
            os.kill(int(await pool.ask(b"number")), signal.SIGKILL)
            await asyncio.sleep(0.05)
        return await asyncio.gather(*(pool.ask(b"say there") for _ in range(50)), return_exceptions=True)

    assert with_pool(starter, use).count(b"there") >= 48


def test_where_no_worker_can_begin_whoever_asks_is_told_why():
    def prepare():
        raise StoreError("nothing is built")

    begun = workers.start(lambda: Trade(prepare, Limits()))
    try:
        async def use(pool):
            for _ in range(2):
                with pytest.raises(StoreError, match="nothing is built"):
                    await pool.ask(b"say x")
            with pytest.raises(StoreError, match="nothing is built"):
                await pool.begun

        with_pool(begun, use)
    finally:
        begun.close()


def test_where_workers_die_as_they_begin_whoever_asks_is_told():
    begun = workers.start(lambda: Trade(os.abort, Limits()))
    try:
        with pytest.raises(Stopped, match="no worker can begin"):
            one(begun, b"say x")
    finally:
        begun.close()


def test_where_nobody_is_there_to_begin_workers_whoever_asks_is_told():
    begun = workers.start(lambda: Trade(lambda: SKILLS, Limits()))
    os.kill(begun._process, signal.SIGKILL)
    os.waitid(os.P_PID, begun._process, os.WEXITED | os.WNOWAIT)
    try:
        with pytest.raises(Stopped, match="the server has to be started again"):
            one(begun, b"say x")
    finally:
        begun.close()


def test_the_dead_are_buried_at_once(starter):
    async def use(pool):
        number = int(await pool.ask(b"number"))
        with pytest.raises(Stopped):
            await pool.ask(b"die")
        return number

    number = with_pool(starter, use, size=1)
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(number, 0)
            time.sleep(0.02)


def test_no_process_is_left_behind():
    begun = workers.start(lambda: Trade(lambda: SKILLS, Limits()))
    number = int(one(begun, b"number"))
    begun.close()
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(number, 0)
            threading.Event().wait(0.05)
