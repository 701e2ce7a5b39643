"""Processes that stand ready to do what may crash, hang or fill its memory: as `isolate`, for those who cannot wait.

`starter` is the small process that forks them · `worker` what each of them does · `confine` what it may not do ·
`slate` where it writes what it is at · `spoken` what is said between it and us · `line` our end of what leads to it ·
`client` whose connections are lent to it · `lent` these as it has them · `table` those that several have in common ·
`pool` hands them work.
"""

from kgtool.workers.client import Client
from kgtool.workers.pool import Busy, Pool
from kgtool.workers.starter import Starter, start
from kgtool.workers.worker import Skills, Trade, Understood

__all__ = ["Busy", "Client", "Pool", "Skills", "Starter", "Trade", "Understood", "start"]
