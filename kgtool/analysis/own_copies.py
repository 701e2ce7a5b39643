"""Claims found by their sources' own words, in the user's own copies of the texts.

Such words may not be handed on, so their index is kept beside the copies, outside every repository and every product.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kgtool import index, passages
from kgtool.answer import Answer
from kgtool.errors import DataError
from kgtool.index import Index, Name
from kgtool.terms import digest


def index_of(folder: Path, project: str, state: str, places: Answer, texts: Mapping[str, str]) -> Index:
    """The index of all passages whose text is at hand, made anew where the graph or the texts are others than last time.

    One is kept a project; ``state`` names that of its graph.
    """
    stem = f"passages-{digest(project)}-"
    kept = folder / f"{stem}{digest(state, *sorted(texts), *sorted(map(digest, texts.values())))}.sqlite"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        half.unlink(missing_ok=True)
        index.write(half, names(places, texts))
        for old in folder.glob(f"{stem}*.sqlite"):
            old.unlink(missing_ok=True)
        half.replace(kept)
    return index.open(kept)


def names(places: Answer, texts: Mapping[str, str]) -> Iterator[Name]:
    """The words of each passage as a name of its claim; a place that is none, for validation to tell, is left out."""
    for claim, kind, version, start, end, section in places.rows:
        if version.value not in texts:
            continue
        try:
            text = passages.within(texts[version.value], section.value if section else "")
        except DataError:
            continue
        if words := " ".join(text[int(start.value):int(end.value)].split()):
            yield Name(claim.value, words, kind.value, "passage")
