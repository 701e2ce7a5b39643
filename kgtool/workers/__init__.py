"""Processes that stand ready to do what may crash, hang or fill its memory: as `isolate`, for those who cannot wait.

`starter` is the small process that forks them · `trade` what they are made for · `worker` what each of them does · `confine`
what it may not do · `slate` where it writes what it is at · `spoken` what is said between it and us · `lent` a client's
connection as it has one, and the answer over it · `held` all that it has · `table` those that several have in common ·
`line` our end of what leads to it · `client` whose connections are lent to it · `pool` hands them work.
"""

from kgtool.workers.client import Client
from kgtool.workers.line import STOPPED
from kgtool.workers.pool import Busy, Pool
from kgtool.workers.starter import Starter, start
from kgtool.workers.trade import Skills, Trade, Understood

__all__ = ["STOPPED", "Busy", "Client", "Pool", "Skills", "Starter", "Trade", "Understood", "start"]
