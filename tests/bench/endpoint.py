"""Point queries at the endpoint, from 1, 8 and 64 connections, and from 8 clients that make a connection for each query,
beside rdflib-endpoint, Oxigraph's own server, and a floor: a process that answers everything with the same bytes.

    python -m tests.bench.endpoint [--install] [--peers DIR] [--rounds 3] [--seconds 3]

Needs wrk (apt install wrk), which runs on the same cores. The peers are the commands `rdflib-endpoint` and `oxigraph` of
PyPI's packages of these names: --install puts them into build/bench/peers, an environment of their own; DIR is another
folder they lie in. Those that are not there are left out. Written to build/bench/endpoint.tsv as well.

At the end stand what the server adds to the time of a query in the same process, at one connection, how long it takes
until a worker that was killed is replaced, and until a server that is started shows its first page.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QueryResultsFormat

from kgtool import project as projects
from kgtool import store
from tests.bench import timing

ROOT = Path(__file__).resolve().parents[2]
ONE_A_QUERY = "8, one a query"
CONNECTIONS = ("1", "8", "64", ONE_A_QUERY)
PEERS = ("oxigraph", "rdflib-endpoint")
MICROSECONDS = 160  # that a worker is at a query
COLUMNS = (
    "server", "connections", "a second", "half ms", "99 % ms", "99 % ÷ half", "CPU us", "errors", "of oxigraph", "of rdflib",
)
