"""Random graphs and shapes judged by us and by pySHACL, for as long as wanted: how many differ, and which.

    python -m tests.bench.differential                           500 cases from seed 0
    python -m tests.bench.differential --seed 9000 --cases 5000  as many others

A case is its seed, so that one which differs is had again by `--seed SEED --cases 1 --show`. The known departures of
pySHACL, which kgtool/shacl/README.md lists, do not occur in them; rules that see another spelling of a literal, of which it
tells too, do in one of some hundreds.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rdflib
from shape_judges import ours, theirs
from shape_worlds import data, shapes


def compared(seed: int) -> tuple[str, str, Counter, Counter]:
    """The data and shapes of a case, what only we find in it, and what only pySHACL finds."""
    chance = random.Random(seed)
    data_text, shapes_text = data(chance), shapes(chance)
    here, there = ours(data_text, shapes_text), theirs(data_text, shapes_text)
    return data_text, shapes_text, here - there, there - here


def main(words: list[str] | None = None) -> list[int]:
    """Print each case that differs, and how many there are; give back their seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, help="where to begin")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--show", action="store_true", help="print the data and shapes of those that differ")
    options = parser.parse_args(words)
    rdflib.NORMALIZE_LITERALS = False
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # it complains of each ill-formed literal
    differ = []
    for seed in range(options.seed, options.seed + options.cases):
        data_text, shapes_text, only_ours, only_theirs = compared(seed)
        if only_ours or only_theirs:
            differ.append(seed)
            print(f"seed {seed}: only ours {dict(only_ours)}, only pySHACL's {dict(only_theirs)}")
            print(f"{data_text}\n{shapes_text}\n" if options.show else "", end="")
    print(f"{options.cases} cases from seed {options.seed}: {len(differ)} differ")
    return differ


if __name__ == "__main__":
    main()
