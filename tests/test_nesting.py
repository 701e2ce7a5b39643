"""RDF/XML that would choke its parser is refused, with its place, before it is parsed; all other passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgtool import nesting
from kgtool.errors import DataError

HEAD = '<?xml version="1.0"?>\n'
ROOT = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
THING = '<e:C rdf:about="http://e/{}"><e:p>{}</e:p></e:C>'


def written(folder: Path, content: str, document: str = "") -> Path:
    path = folder / "x.rdf"
    path.write_text(f"{HEAD}{document}{ROOT}{content}</rdf:RDF>", encoding="utf-8")
    return path


def nested(depth: int, inside: str = "x") -> str:
    return "<e:C><e:p>" * (depth // 2) + inside + "</e:p></e:C>" * (depth // 2)


def laughing(levels: int) -> str:
    more = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">\n' for n in range(1, levels))
    return f'<!DOCTYPE rdf:RDF [\n<!ENTITY a0 "ha">\n{more}]>\n'


@pytest.mark.parametrize(("content", "document"), [
    (nested(998), ""),
    ("".join(THING.format(n, "a < b".replace("<", "&lt;")) + '<e:D e:q="/"/>' for n in range(5_000)), ""),
    ("<!-- <a><b> -->\n" * 2_000 + THING.format("a", "<![CDATA[" + "<br>" * 3_000 + "]]>"), ""),
    (THING.format("a", "&a2;"), laughing(3)),
    (THING.format("a", "&e;"), '<!DOCTYPE rdf:RDF [ <!ENTITY e "http://www.example.org/of/somebody#"> ]>\n'),
], ids=["nearly too deep", "long and flat", "signs in comments and texts", "few laughs", "a namespace"])
def test_what_a_parser_takes_in_its_stride_passes(tmp_path, content, document):
    nesting.check(written(tmp_path, content, document))


@pytest.mark.parametrize(("content", "document", "said"), [
    (nested(2_000), "", "x.rdf:2:5081: more than 1,000 elements stand inside one another here; write it flatter"),
    ("<!-- <a><b> -->\n" * 2_000 + "\n  " + nested(100_000), "", "x.rdf:2003:4998: more than 1,000 elements"),
    (nested(4_000, "</e:p></e:p>"), "", "x.rdf:2:5081: more than 1,000 elements"),
    ("<e:p>" * 9_000, "", "x.rdf:2:5"),
    (THING.format("a", "&a9;"), laughing(10), "x.rdf:6:1: the entity a3 stands for more than 1,000 characters; write out"),
    (THING.format("a", "&a;"), f"<!DOCTYPE rdf:RDF [<!ENTITY a '{'h' * 50_000}'>]>\n", "x.rdf:2:20: the entity a stands for"),
], ids=["too deep", "far too deep", "ended wrongly", "never ended", "laughs", "one long laugh"])
def test_what_would_choke_it_is_refused_with_its_place(tmp_path, content, document, said):
    with pytest.raises(DataError) as refused:
        nesting.check(written(tmp_path, content, document))
    assert said in str(refused.value)


@pytest.mark.parametrize("hidden", [
    "", "<!-- </a></a></a> -->", "<![CDATA[</a></a>/>]]>", "<?x </a></a> ?>", "/>/>/>", '<e:q e:r="/>/>"/>',
    "<e:q e:r='/>'>a</e:q>", "<!-- <e:p> --><!---->", "it's > \"", "x" * 9_000,
], ids=["nothing", "comments", "texts", "instructions", "signs", "values", "other quotes", "more comments", "marks", "words"])
def test_the_limit_is_sharp_whatever_stands_between(tmp_path, hidden):
    for shift in range(3):  # a piece of a file may end anywhere
        steps = f"{hidden}<e:C>{hidden}<e:p>" * 499
        for one_more, refused in (("<e:C/>", False), ("<e:C><e:p/></e:C>", True)):
            path = written(tmp_path, " " * shift + steps + one_more + f"</e:p>{hidden}</e:C>" * 499)
            try:
                nesting.check(path)
            except DataError:
                assert refused
            else:
                assert not refused


def test_elements_that_an_entity_stands_for_are_counted(tmp_path):
    document = '<!DOCTYPE rdf:RDF [ <!ENTITY e "<e:C><e:p>x</e:p></e:C>"> ]>'
    nesting.check(written(tmp_path, nested(996, "&e;"), document))
    with pytest.raises(DataError, match="elements stand inside one another"):
        nesting.check(written(tmp_path, nested(998, "&e;"), document))


def test_what_is_flat_is_not_parsed_to_be_counted(tmp_path):
    """What stands across the border of two pieces counts as what it is."""
    for shift in range(12):
        for inside in ('<e:q e:r="">x/></e:q>', "<!-- </e:p> --><e:q/>", f"<e:q>{'long ' * 4_000}</e:q>"):
            path = written(tmp_path, "y" * shift + f"<e:C><e:p>z</e:p>{inside}</e:C>" * 2_000)
            with path.open("rb") as content:
                assert not nesting._may_be_deep(content)


def test_load_and_validate_refuse_it_alike(run_built, tmp_path):
    path = written(tmp_path, nested(1_002))
    for words in (("load", path, "--into", tmp_path / "store"), ("validate", "--data", path)):
        done = run_built(*words)
        assert (done.returncode, done.stdout) == (2, "") and "elements stand inside one another here" in done.stderr
