"""Connections that several workers answer over: none of them waits for a worker while another is free."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

import pytest

from kgtool import workers
from kgtool.errors import KgtoolError
from kgtool.isolate import Limits
from kgtool.workers import Pool, Starter, Trade
from kgtool.workers.table import seats
from tests.test_workers import SKILLS, until, with_pool

pytestmark = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2 or not seats(), reason="where there is one processor, only one worker is spoken to")


class Guest:
    """A client's connection as a server has it, and the end of it that the client has."""

    def __init__(self, pool: Pool):
        self.pool, self.lost = pool, False
        self.here, self.there = socket.socketpair()
        self.here.setblocking(False)
        self.there.setblocking(False)
        self.come_back()

    async def ask(self, said: bytes) -> bytes:
        """The answer; nothing where the connection is ended, which is a reset where nobody had read what was said."""
        await self.pool.loop.sock_sendall(self.there, said + b".")
        with suppress(ConnectionResetError):
            return await asyncio.wait_for(self.pool.loop.sock_recv(self.there, 1 << 16), 20)
        return b""

    # what workers ask of a client's connection

    def file(self) -> int:
        return self.here.fileno()

    def come_back(self) -> None:
        self.pool.loop.add_reader(self.here, self._look)

    def _look(self) -> None:
        self.pool.loop.remove_reader(self.here)
        if not self.pool.lend(self):
            self.pool.loop.call_later(0.01, self.come_back)

    def serve(self, rest: bytes) -> None:
        self.close()

    def close(self, rest: bytes = b"") -> None:
        self.here.close()

    def fail(self, why: KgtoolError | None) -> None:
        self.lost = True
        self.here.shutdown(socket.SHUT_RDWR)
        self.close()

    def is_gone(self) -> bool:
        return False


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    begun = workers.start(lambda: Trade(lambda: SKILLS, Limits(megabytes=500)))
    yield begun
    begun.close()


def at_table(starter: Starter, use: Callable[[Pool, list[Guest], set[int]], Awaitable], size: int = 2):
    """Done with guests who have asked often, and the numbers of the workers that answered them."""
    async def run(pool):
        await asyncio.gather(*(pool.ask(b"number") for _ in range(2 * size)))
        guests = [Guest(pool) for _ in range(6)]
        numbers = {int(number) for _ in range(5) for number in await all_ask(guests, b"number")}
        try:
            return await use(pool, guests, numbers)
        finally:
            for guest in guests:
                guest.there.close()

    return with_pool(starter, run, size=size)


async def all_ask(guests: list[Guest], said: bytes) -> list[bytes]:
    return await asyncio.gather(*(guest.ask(said) for guest in guests))


def test_a_worker_that_stands_still_holds_up_nobody_while_another_is_free(starter):
    async def use(pool, guests, numbers):
        still, moving = numbers
        os.kill(still, signal.SIGSTOP)
        try:
            return {int(number) for _ in range(5) for number in await all_ask(guests, b"number")}, {moving}
        finally:
            os.kill(still, signal.SIGCONT)

    answered, moving = at_table(starter, use)
    assert answered == moving


def test_a_worker_that_has_one_connection_to_itself_shares_it_with_nobody(starter):
    async def use(pool):
        await asyncio.gather(*(pool.ask(b"number") for _ in range(4)))
        guests = [Guest(pool), Guest(pool)]
        answered = [await all_ask(guests, b"number") for _ in range(20)]
        for guest in guests:
            guest.there.close()
        return answered

    first, *others = with_pool(starter, use)
    assert len(set(first)) == 2 and others == [first] * 19


def test_who_is_not_at_the_table_is_not_asked(starter):
    async def use(pool, guests, numbers):
        return len({int(number) for number in await all_ask(guests, b"number")})

    assert at_table(starter, use, size=len(os.sched_getaffinity(0)) + 1) <= len(os.sched_getaffinity(0))


def test_a_killed_worker_takes_along_no_more_than_what_it_had_in_hand(starter):
    async def use(pool, guests, numbers):
        for _ in range(4):
            asking = asyncio.ensure_future(all_ask(guests, b"number"))
            await asyncio.sleep(0)
            os.kill(numbers.pop(), signal.SIGKILL)
            lost = [guest for guest, answer in zip(guests, await asking, strict=True) if not answer]
            assert lost == [guest for guest in guests if guest.lost] and len(lost) <= 1
            guests = [guest for guest in guests if not guest.lost]
            numbers = {int(number) for number in await all_ask(guests, b"number")}

    at_table(starter, use)


def test_what_takes_long_leaves_the_table_with_its_worker(starter, tmp_path):
    async def use(pool, guests, numbers):
        long = [asyncio.ensure_future(guest.ask(until(tmp_path / "end"))) for guest in guests[:3]]
        quick = [await guest.ask(b"say quick") for _ in range(4) for guest in guests[3:]]
        (tmp_path / "end").touch()
        return quick, await asyncio.gather(*long), await all_ask(guests, b"say after")

    assert at_table(starter, use) == ([b"quick"] * 12, [b"done"] * 3, [b"after"] * 6)


def test_those_of_before_answer_nothing_once_others_have_taken_over(starter):
    async def use(pool, guests, numbers):
        pool.renew()
        await pool.ask(b"number")
        await asyncio.sleep(0.1)
        return numbers & {int(number) for _ in range(5) for number in await all_ask(guests, b"number")}

    assert at_table(starter, use) == set()


def test_when_seats_run_out_all_are_seated_anew(starter):
    async def use(pool, guests, numbers):
        for _ in range(len(seats()) + 50):
            guest = Guest(pool)
            assert [await guest.ask(b"say x") for _ in range(3)] == [b"x"] * 3
            guest.there.close()
        return await all_ask(guests, b"say still there")

    assert at_table(starter, use) == [b"still there"] * 6
