"""Countries by the names and codes that people type, so that one nothing is entered for is known to be one."""

from __future__ import annotations

import unicodedata
from functools import cache

# in the list of territories, and no place where a medicine is approved: the euro's area, oceans, the UN, tests
_NO_JURISDICTIONS = {"EZ", "QO", "UN", "XA", "XB", "ZZ"}


def named(typed: str) -> str | None:
    """The English name of a country, or of the European Union; None where nothing is called so.

    >>> [named(typed) for typed in ("fr", "UK", "south korea", "Curacao", "Burma", "Freedonia")]
    ['France', 'United Kingdom', 'South Korea', 'Curaçao', 'Myanmar (Burma)', None]
    """
    return _by_spelling().get(_plain(typed))


def names() -> set[str]:
    """All of them."""
    return set(_by_spelling().values())


@cache
def _by_spelling() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    territories = Locale("en").territories
    known = {code: name for code, name in territories.items() if code.isalpha() and code not in _NO_JURISDICTIONS}
    codes = {alias: codes[0] for alias, codes in get_global("territory_aliases").items() if len(codes) == 1}
    found = {_plain(alias): known[code] for alias, code in codes.items() if alias.isalpha() and code in known}
    for code, name in known.items():
        outside, _, inside = name.removesuffix(" SAR China").rstrip(")").partition(" (")
        found |= {_plain(spelled): name for spelled in (code, name, outside, inside) if spelled}
    return found


def _plain(name: str) -> str:
    """Without case, accents and signs of abbreviation: ``St. Barthélemy`` is ``st barthelemy``."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("&", "and").replace(".", "").replace("’", "'").split())
