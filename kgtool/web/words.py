"""Words on pages: counts, capitals, and the names of claims inside sentences as links.

Links are written and escaped by hand, for there are hundreds on a page, and Markup.format takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

from kgtool.errors import amount

# A claim or a derived thing named within a sentence, or a command; a full stop that ends the sentence is no part of the name.
_NAMED = re.compile(r"\b(?:claim|derived):[\w%-]+(?:\.[\w%-]+)*|`[^`]+`")
_SEARCHING = re.compile("`kgtool search [^`]*` looks")
_LIT = re.compile("▸(.*?)◂", re.S)
# Properties of other vocabularies, by what they tell of a source here.
_OF_OTHERS = {"specializationOf": "version of", "wasRevisionOf": "revision of", "alternateOf": "another copy of"}
# https://www.w3.org/TR/xmlschema11-2/#duration-lexical-space
_NAME = re.compile(r"\S*\w[./:_]\w")  # of a file or of a thing
_DURATION = re.compile(r"P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?")
_UNITS = ("year", "month", "day", "hour", "minute", "second")
_LETTERS = {"judgement": "verdict", "proposition": "what is said", "edge": "edge", "passage": "place"}


def linked(text: str, to: Callable[..., str]) -> Markup:
    """A sentence with the claims it names as short links, and its commands as code. ``to`` makes the links; nothing else
    becomes markup."""
    return Markup("".join(_linked(text, to)))


def _linked(text: str, to: Callable[..., str]) -> Iterator[str]:
    done = 0
    for named in _NAMED.finditer(text):
        yield escape(text[done:named.start()])
        yield _code(named.group()) if named.group().startswith("`") else _link(named.group(), to("thing", named.group()))
        done = named.end()
    yield escape(text[done:])


def _code(quoted: str) -> str:
    return f"<code>{escape(quoted[1:-1])}</code>"


def _link(curie: str, address: str) -> str:
    short = brief(curie)
    if not address:
        return f'<span class="ref" title="{escape(curie)}">{escape(short)}</span>'
    return f'<a class="ref" href="{escape(address)}" title="{escape(curie)}">{escape(short)}</a>'


def leading(text: str, address: str, title: str = "") -> Markup:
    """Words that lead somewhere, if there is an address; else the words.

    >>> str(leading("A & B", "/thing/id:ab", "id:ab")), str(leading("<b>", ""))
    ('<a href="/thing/id:ab" title="id:ab">A &amp; B</a>', '&lt;b&gt;')
    """
    if not address:
        return escape(text)
    titled = f' title="{escape(title)}"' if title else ""
    return Markup(f'<a href="{escape(address)}"{titled}>{escape(text)}</a>')


def brief(curie: str) -> str:
    """The last part of a claim's name, which tells it from others of its source; of a derived thing, what it is.

    >>> brief("claim:smanewstoday-baclofen-v1-f10"), brief("derived:judgement-2f05ecce5ea63bfe")
    ('f10', 'verdict 2f05')
    """
    start, _, last = curie.partition(":")[2].rpartition("-")
    if curie.startswith("derived:"):
        return f"{_LETTERS.get(start, start)} {last[:4]}"
    return last


def lit(text: str) -> Markup:
    """A sentence in which ▸…◂ mark a passage, as markup."""
    parts = _LIT.split(text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def told(error: Exception) -> str:
    """What an error says, with the remedy that a page has for the one of the command line.

    >>> told(ValueError("nothing here is called 'ALS'; `kgtool search ALS` looks for words"))
    "nothing here is called 'ALS'; the search above looks for words"
    """
    return _SEARCHING.sub("the search above looks", str(error))


def capital(text: str) -> str:
    """The first letter large, the others as they are; a path or an identifier is itself.

    >>> capital("label status of HP:1"), capital("graph_data/things.ttl: is empty"), capital("kg:treats is unknown")
    ('Label status of HP:1', 'graph_data/things.ttl: is empty', 'kg:treats is unknown')
    """
    return text if _NAME.match(text) else text[:1].upper() + text[1:]


def worded(name: str) -> str:
    """
    >>> worded("veryLowCertainty"), worded("ON"), worded("prov:specializationOf")
    ('very low certainty', 'ON', 'version of')
    """
    name = name.rpartition(":")[2]
    if name in _OF_OTHERS:
        return _OF_OTHERS[name]
    return name if name.isupper() else re.sub("(?<=[a-z])([A-Z])", lambda found: f" {found.group().lower()}", name)


def lasting(duration: str) -> str:
    """A length of time as people say it; one with parts that are not whole numbers as it is.

    >>> lasting("P35D"), lasting("P1Y2M"), lasting("PT30M"), lasting("P0D"), lasting("PT1.5S")
    ('35 days', '1 year, 2 months', '30 minutes', '0 days', 'PT1.5S')
    """
    parts = _DURATION.fullmatch(duration)
    units = [amount(int(number), unit) for number, unit in zip(parts.groups(), _UNITS, strict=True) if number] if parts else ()
    return ", ".join(units) or duration


FILTERS = {"linked": linked, "brief": brief, "lit": lit, "counted": amount, "capital": capital, "worded": worded}
