"""Rows of label claims → the products they are about, each with its label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kgtool.answer import Answer
from kgtool.errors import DataError, Problem
from kgtool.judge.label_status.rule import STATUS, Label, LabelClaim
from kgtool.terms import KG, Term, whole

Row = Mapping[str, Term | None]
Cells = tuple[Term | None, ...]


@dataclass(frozen=True)
class Said:
    """How one label claim is put into words: what it speaks of, its stance, and the source version that says it."""

    claim: str
    object: str
    stance: str
    version: str
    severity: str = ""
    scope: str = ""
    line: str = ""
    sign_inherited: bool = False


@dataclass(frozen=True)
class Product:
    """A product, or a group of them, with all that its labels say. ``barred`` are the claims that forbid a route."""

    iri: str
    name: str
    drug: str
    route: str
    jurisdiction: str
    place: str
    label: Label
    said: Mapping[str, Said]
    barred: tuple[tuple[str, LabelClaim], ...]

    @property
    def counted(self) -> bool:
        """Whether anything of its labels counts under the policy asked for."""
        return bool(self.said)


def rows(answer: Answer) -> Iterator[Row]:
    for row in answer.rows:
        yield dict(zip(answer.columns, row, strict=True))


def products(found: Iterable[Row]) -> list[Product]:
    """The products of rows that come sorted by drug and product; rows without a product are passed over."""
    with_product = (row for row in found if row["product"] is not None)
    grouped = groupby(with_product, key=lambda row: (text(row["drug"]), text(row["product"])))
    return [_product(list(group)) for _, group in grouped]


def labels(found: Iterable[Row]) -> dict[str, list[Label]]:
    """By drug, what decides of the labels of each product, of rows that come sorted by both."""
    grouped = groupby(found, key=lambda row: (text(row["drug"]), text(row["product"])))
    spoken: dict[str, list[Label]] = {}
    for (drug, product), group in grouped:
        spoken.setdefault(drug, []).append(Label(product, False, tuple(map(_claim, group))))
    return spoken


def text(term: Term | None) -> str | None:
    return None if term is None else term.value


def _product(group: list[Row]) -> Product:
    first = group[0]
    counted = {text(row["claim"]): row for row in group if _true(row["counted"])}
    claims = {claim: _claim(row) for claim, row in counted.items()}
    uses = tuple(claims[claim] for claim, row in counted.items() if text(row["relation"]) == KG + "addressesUse")
    barred = ((text(row["object"]), claims[claim]) for claim, row in counted.items()
              if text(row["relation"]) == KG + "administeredBy" and claims[claim].denies)
    return Product(
        text(first["product"]), text(first["productLabel"]), text(first["drug"]), text(first["productRoute"]),
        text(first["jurisdiction"]), text(first["jurisdictionLabel"]),
        Label(text(first["product"]), any(_true(row["complete"]) for row in counted.values()), uses),
        {claim: _said(row) for claim, row in counted.items()},
        tuple(barred),
    )


def _claim(row: Row) -> LabelClaim:
    stance = text(row["stance"]).removeprefix(KG)
    if stance not in STATUS:
        raise DataError(Problem(f"{text(row['claim'])} has the stance {stance}, for which label status has no rule",
                                f"use one of {', '.join(STATUS)}"))
    return LabelClaim(
        text(row["claim"]), stance, text(row["claimSign"]), text(row["claimDisease"]),
        text(row["limitSeverity"]), _years(row, "ageFrom"), _years(row, "ageBelow"),
    )


def _years(row: Row, limit: str) -> int | None:
    years = whole(row[limit])
    if years is None and row[limit] is not None:
        raise DataError(Problem(f"{text(row['claim'])} has a kg:{limit} that is no whole number", "write years, such as 12"))
    return years


def _said(row: Row) -> Said:
    return Said(
        text(row["claim"]), text(row["objectLabel"]), text(row["stanceLabel"]), text(row["versionLabel"]),
        text(row["severityLabel"]) or "", text(row["scope"]) or "", text(row["line"]) or "",
        _true(row["signInherited"]),
    )


def _true(term: Term | None) -> bool:
    return text(term) in ("true", "1")
