"""Processes that stand ready to do what may crash, hang or fill its memory: as `isolate`, for those who cannot wait.

`starter` is the small process that forks them · `worker` what each of them does ·
`confine` what it may not do · `pool` hands them work.
"""

from kgtool.workers.pool import Busy, Pool
from kgtool.workers.starter import Starter, start
from kgtool.workers.worker import Trade

__all__ = ["Busy", "Pool", "Starter", "Trade", "start"]
