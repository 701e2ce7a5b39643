"""A picture as one HTML file that needs nothing else: the drawing, a legend that filters, a table of the same rows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

from kgtool.views import grammar, key, svg
from kgtool.views.layout import Layout, arranged
from kgtool.views.picture import Edge, Picture
from kgtool.views.text import said

_COLUMNS = ("from", "relation", "to", "hedge", "evidence", "in our words", "claim")  # as in the explorer


def write(picture: Picture) -> bytes:
    """The page. Its policy lets no request leave, and no style or script run but its own two, named by hash."""
    layout = arranged(picture)
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = said(layout.picture.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{title}</h1>\n<p class="quiet">{said(layout.picture.caption)}</p>\n</header>\n'
        f"{_main(layout)}<footer>\n{_left_out(layout.picture)}<p>{said(layout.picture.notice)}</p>\n</footer>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    ).encode()


def _asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _main(layout: Layout) -> str:
    if not layout.nodes:
        return '<main>\n<p class="empty">Nothing to draw: no claim fits what was asked.</p>\n</main>\n'
    return (
        f"<main>\n{_legend(layout.picture)}<figure>\n{svg.drawing(layout)}</figure>\n"
        '<p id="told" role="status">Point at a box or a line, or move to it with Tab, to read what is said; click or '
        f"press Enter to keep it, Escape to let go.</p>\n{_table(layout)}</main>\n"
    )


def _legend(picture: Picture) -> str:
    evidence = "".join(
        _choice("edge", kind, key.line_sample(kind), f"{grammar.legend_words(picture, kind)} ({count})")
        for kind, count in grammar.evidence_counts(picture).items()
    )
    kinds = "".join(
        _choice("node", kind, key.shape_sample(kind), f"{grammar.SHAPES[kind].legend} ({count})")
        for kind, count in grammar.kind_counts(picture).items()
    )
    said_of = f"<fieldset>\n<legend>Evidence</legend>\n{evidence}</fieldset>\n" if evidence else ""
    return f"{said_of}<fieldset>\n<legend>Things</legend>\n{kinds}</fieldset>\n"


def _choice(of: str, kind: str, sample: str, words: str) -> str:
    # Disabled until the script runs: a box that does nothing must not look as if it did.
    return (
        f'<label><input type="checkbox" name="{of}" value="{kind}" checked disabled>'
        f'<svg viewBox="0 0 34 16" aria-hidden="true"><g class="{of} {kind}">{sample}</g></svg>{said(words)}</label>\n'
    )


def _table(layout: Layout) -> str:
    labels = {node.id: node.label for node in layout.picture.nodes}
    heads = "".join(f'<th scope="col"><button type="button">{column}</button></th>' for column in _COLUMNS)
    rows = "".join(
        _row(at, edge, labels, grammar.legend_words(layout.picture, edge.evidence))
        for at, placed in _strongest_first(layout)
        for edge in placed.edges
    )
    drawn = len(layout.picture.edges)
    caption = "The one line that is drawn" if drawn == 1 else f"The {drawn} lines that are drawn"
    return (
        f'<div class="scroll">\n<table>\n<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _strongest_first(layout: Layout) -> Iterable[tuple]:
    order = list(grammar.LINES)
    return sorted(enumerate(layout.edges), key=lambda pair: (order.index(pair[1].evidence), pair[0]))


def _row(at: int, edge: Edge, labels: dict[str, str], evidence: str) -> str:
    hedge = f"<em>{said(edge.hedge)}</em>" if edge.hedge else ""
    cells = (said(labels[edge.start]), said(edge.label), said(labels[edge.end]), hedge)
    cells += (said(evidence), said(edge.sentence), said(edge.claim))
    return f'<tr data-edge="{at}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _left_out(picture: Picture) -> str:
    return f"<p><strong>{said(svg.left_out(picture))}</strong></p>\n" if picture.hidden else ""
