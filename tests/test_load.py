"""`kgtool load`: anybody's files of any size into a store of their own, whole or not at all."""

from __future__ import annotations

import fcntl
import gzip
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, serialize

from kgtool import store
from kgtool.cli import memory
from kgtool.terms import KG

ROOT = Path(__file__).resolve().parents[1]
E = "http://example.org/"
TRIPLES = [Quad(NamedNode(f"{E}{n}"), NamedNode(f"{E}p"), Literal(f"{n}", language="en")) for n in range(40)]
QUADS = [Quad(q.subject, q.predicate, q.object, NamedNode(f"{E}g{i % 2}")) for i, q in enumerate(TRIPLES)]
FORMATS = {".nt": TRIPLES, ".ttl": TRIPLES, ".rdf": TRIPLES, ".jsonld": QUADS, ".trig": QUADS, ".nq": QUADS}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
MANY = "".join(f'<{E}thing/{n}> <{E}p{n % 7}> "number {n} of a great many" .\n' for n in range(30_000))


def packed(raw: bytes, by: str) -> bytes:
    if by == ".zst":
        return pytest.importorskip("zstandard", reason="reading zstd is an extra").ZstdCompressor().compress(raw)
    return gzip.compress(raw) if by == ".gz" else raw


def formatted(suffix: str) -> bytes:
    from kgtool.rdf import FORMATS as KNOWN

    return serialize(FORMATS[suffix], format=KNOWN[suffix])


def count(folder: Path) -> int:
    return int(store.open_read_only(folder).select(COUNT).rows[0][0].value)


@pytest.mark.parametrize("by", ["", ".gz", ".zst"])
@pytest.mark.parametrize("suffix", [".nt", ".nq", ".ttl", ".trig"])
def test_each_format_is_loaded_packed_or_not(run_built, tmp_path, suffix, by):
    (tmp_path / f"data{suffix}{by}").write_bytes(packed(formatted(suffix), by))
    done = run_built("load", tmp_path / f"data{suffix}{by}", "--into", tmp_path / "kept")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "kept loaded: 40 quads" in done.stderr
    assert set(store.open_read_only(tmp_path / "kept").quads()) == set(FORMATS[suffix])


@pytest.mark.parametrize("suffix", [".rdf", ".jsonld"])
def test_other_formats_are_loaded_too(run_built, tmp_path, suffix):
    (tmp_path / f"data{suffix}").write_bytes(formatted(suffix))
    assert run_built("load", tmp_path / f"data{suffix}", "--into", tmp_path / "kept").returncode == 0
    assert set(store.open_read_only(tmp_path / "kept").quads()) == set(FORMATS[suffix])


def test_a_loaded_store_is_asked_with_the_projects_prefixes_and_its_own(run_built, tmp_path):
    (tmp_path / "data.ttl").write_text(f"@prefix e: <{E}> . @prefix kg: <http://other/> . e:a <{KG}sign> e:b .")
    run_built("load", tmp_path / "data.ttl", "--into", tmp_path / "kept")
    done = run_built("query", "--store", tmp_path / "kept", "SELECT ?x { e:a kg:sign ?x }", "-f", "jsonl")
    assert done.stdout == '{"x": "e:b"}\n'


def test_a_loaded_export_is_looked_at_by_the_names_in_it_and_stays_as_it_was(run, world):
    assert run("export", "all.nq").returncode == 0 and run("load", "all.nq", "--into", "kept").returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (world.root / "kept").rglob("*")}
    for words in ("show examplin", "search examplin", "why page-v1-class", "ask routes --drug examplin"):
        done = run(*words.split(), "--store", "kept")
        assert done.returncode == 0 and done.stdout == run(*words.split()).stdout, done.stderr
    assert {path: path.stat().st_mtime_ns for path in (world.root / "kept").rglob("*")} == before


def test_files_go_together_into_a_graph_and_their_blank_nodes_do_not_meet(run_built, tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.nt").write_text(f"_:x <{E}p> <{E}{name}> .\n")
    (tmp_path / "c.nq").write_text(f"<{E}s> <{E}p> <{E}o> <{E}own> .\n")
    files = [tmp_path / name for name in ("a.nt", "b.nt", "c.nq")]
    assert run_built("load", *files, "--into", tmp_path / "kept", "--graph", f"{E}g").returncode == 0
    kept = store.open_read_only(tmp_path / "kept")
    assert kept.graphs() == [f"{E}g", f"{E}own"]
    nodes = {quad.subject for quad in kept.quads(f"{E}g")}
    assert len(nodes) == 2 and all(isinstance(node, BlankNode) for node in nodes)


def test_tables_are_loaded_by_their_importer(run_built, tmp_path):
    (tmp_path / "nodes.tsv").write_text("id\tname\tkind\nSymptom::D1\tone\tSymptom\n")
    done = run_built("load", tmp_path / "nodes.tsv", "--importer", "hetionet-nodes", "--into", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    names = store.open_read_only(tmp_path / "kept").rows("SELECT ?name { ?s rdfs:label ?name }")
    assert [name.value for (name,) in names] == ["one"]


def test_files_of_several_importers_go_into_one_store_each_into_a_graph_of_its_own(run_built, tmp_path):
    (tmp_path / "nodes.tsv").write_text("id\tname\tkind\nSymptom::D1\tone\tSymptom\n")
    (tmp_path / "hp.obo").write_text("format-version: 1.2\n\n[Term]\nid: HP:2\nname: two\nis_a: HP:1 ! One\n")
    (tmp_path / "data.nt").write_bytes(formatted(".nt"))
    files = f"hetionet-nodes:{tmp_path / 'nodes.tsv'}", f"obo:{tmp_path / 'hp.obo'}", tmp_path / "data.nt"
    done = run_built("load", *files, "--into", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    kept = store.open_read_only(tmp_path / "kept")
    assert [name.rpartition("/")[2] for name in kept.graphs()] == ["hetionet-nodes", "obo"]
    assert sorted(row[0].value for row in kept.rows("SELECT ?name { ?s rdfs:label ?name }")) == ["one", "two"]
    assert kept.count() == 40 + 2 + 2


TABLES = {
    "cut inside gzip": (lambda good: gzip.compress(good)[:-9], "cannot be unpacked"),
    "UTF-16": (lambda good: good.decode().encode("utf-16"), ":1: is not UTF-8 here"),
    "a byte order mark": (lambda good: b"\xef\xbb\xbf" + good, ":1:1: begins with a byte order mark"),
    "another table": (lambda good: b"a,b\n1,2\n", ":1: unknown column 'a,b'"),
    "a cell too many": (lambda good: good + b"Gene::2\tx\tGene\ty\n", ":3: has 4 cells under 3 columns"),
    "a line without end": (lambda good: good + b"x" * 17_000_000, ":3: has a line without end"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_broken_table_is_one_plain_sentence_and_what_was_there_stays(kept, run_built, tmp_path, what):
    change, said = TABLES[what]
    (tmp_path / "table").write_bytes(change(b"id\tname\tkind\nGene::1\tone\tGene\n"))
    done = run_built("load", f"hetionet-nodes:{tmp_path / 'table'}", "--into", kept)
    assert done.returncode == 2 and re.fullmatch(r"error: [^\n]+\n", done.stderr), done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert count(kept) == 40


DEEP = f"<{E}a> <{E}p> <<( " * 20_000 + f"<{E}a> <{E}p> <{E}b>" + " )>>" * 20_000 + " ."
BROKEN = {
    "cut": ("x.nt", f"<{E}a> <{E}p> ".encode(), r"x\.nt:1:\d+: .*"),
    "a syntax error": ("x.ttl", f"<{E}a> <{E}p> <{E}b> .\n<{E}a> nope:p 1 .".encode(), r"x\.ttl:2:.*prefix.*"),
    "UTF-16": ("x.nt", "<a>".encode("utf-16"), "x.nt: is UTF-16; save it as UTF-8"),
    "a byte order mark": ("x.ttl", b"\xef\xbb\xbf<a> <b> <c> .", "x.ttl:1:1: begins with a byte order mark"),
    "not UTF-8": ("x.nt", f"<{E}a> <{E}p> \"na".encode() + b"\xefve\" .", r"x\.nt:1.*"),
    "no format": ("x.docx", b"", "no RDF format ends like this"),
    "cut inside gzip": ("x.nt.gz", gzip.compress(MANY.encode())[:-40], "cannot be unpacked"),
    "a bomb": ("x.nt.gz", gzip.compress((b"#" * 999 + b"\n") * 70_000), "unfolds to more than 200 times its size"),
    "no gzip": ("x.nt.gz", b"<a>", r"x\.nt\.gz:1.*"),
    "nested without end": ("x.ttl", DEEP.encode(), "broke the engine: it nests too deeply"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_one_plain_sentence_and_what_was_there_stays(run_built, tmp_path, what):
    name, raw, said = BROKEN[what]
    (tmp_path / "good.nt").write_bytes(formatted(".nt"))
    run_built("load", tmp_path / "good.nt", "--into", tmp_path / "kept")
    (tmp_path / name).write_bytes(raw)
    done = run_built("load", tmp_path / name, "--into", tmp_path / "kept", "--memory", "1500")
    assert done.returncode == 2 and re.fullmatch(r"error: [^\n]+\n", done.stderr), done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert count(tmp_path / "kept") == 40
    assert len(list((tmp_path / "kept").glob("generation-*"))) == 1


@pytest.mark.parametrize(("words", "said"), [
    (["gone.nt", "--into", "kept"], "gone.nt: cannot be read: No such file"),
    (["good.nt", "--into", "full"], "full holds other things than a store"),
    (["good.nt", "--into", "good.nt"], "good.nt is no folder"),
    (["good.nt", "--into", "kept", "--graph", "not an IRI"], "not an IRI is no absolute IRI"),
    (["good.nt", "--into", "kept", "--importer", "hetionet-node"], r"no importer hetionet-node; did you mean hetionet-nodes"),
    (["full", "--into", "kept"], "full: is not a regular file"),
    (["good.nt"], "missing option '--into'"),
])
def test_wrong_use_is_told(run_built, built_world, tmp_path, words, said):
    (tmp_path / "good.nt").write_bytes(formatted(".nt"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    here = [str(tmp_path / word) if word in ("gone.nt", "good.nt", "full", "kept") else word for word in words]
    done = run_built("load", *here)
    assert done.returncode == 2 and re.search(said, done.stderr), done.stderr
    assert not (tmp_path / "kept").exists()


# What may happen to a writer


def begin(folder: Path, data: Path, **more) -> subprocess.Popen:
    command = [sys.executable, "-m", "kgtool", "--project", str(ROOT), "load", str(data), "--into", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True, **more)


@pytest.fixture
def many(tmp_path) -> Path:
    (tmp_path / "many.nt").write_text(MANY)
    return tmp_path / "many.nt"


@pytest.fixture
def kept(run_built, tmp_path) -> Path:
    (tmp_path / "good.nt").write_bytes(formatted(".nt"))
    assert run_built("load", tmp_path / "good.nt", "--into", tmp_path / "kept").returncode == 0
    return tmp_path / "kept"


def test_a_load_that_is_killed_leaves_what_was_there(kept, many):
    moments, begun = random.Random(2), time.perf_counter()
    assert begin(kept, many).wait() == 0
    whole = time.perf_counter() - begun
    for _ in range(4):
        process = begin(kept, many)
        time.sleep(moments.uniform(0.2, 1.0) * whole)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert count(kept) == 30_000
    assert begin(kept, many).wait() == 0
    assert len(list(kept.glob("generation-*"))) == 1


def test_who_waits_may_be_killed_and_the_work_ends_whole(kept, many):
    """Only the process that was started dies, not its child: the store is the old one or the new one, then the new one."""
    process = begin(kept, many)
    while not list(kept.glob("generation-*/bulk-*")) and len(list(kept.glob("generation-*"))) < 2 and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert count(kept) in (40, 30_000)
    with (kept / store.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits for whoever writes
    assert count(kept) == 30_000
    assert begin(kept, many).wait() == 0 and len(list(kept.glob("generation-*"))) == 1


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of its own of two megabytes."""
    (tmp_path / "disk").mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path / "disk"], capture_output=True)
    if made.returncode:
        pytest.skip("a file system can be mounted by root alone")
    yield tmp_path / "disk"
    subprocess.run(["umount", "-l", tmp_path / "disk"], check=True)


def test_a_disk_that_is_really_full_keeps_the_last_good_graph(small_disk, many, run_built, tmp_path):
    (tmp_path / "good.nt").write_bytes(formatted(".nt"))
    assert run_built("load", tmp_path / "good.nt", "--into", small_disk / "kept").returncode == 0
    for _ in range(2):
        done = run_built("load", many, "--into", small_disk / "kept")
        assert done.returncode == 2 and re.fullmatch(r"error: there is no room left[^\n]+\n", done.stderr), done.stderr
        assert count(small_disk / "kept") == 40
        assert len(list((small_disk / "kept").glob("generation-*"))) == 1
    assert run_built("load", tmp_path / "good.nt", "--into", small_disk / "kept").returncode == 0


def test_a_full_disk_is_told_and_what_was_there_answers(kept, many):
    most = (400_000, 400_000)
    process = begin(kept, many, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, most))
    said = process.communicate()[1]
    assert process.returncode == 2 and re.fullmatch(r"error: there is no room left for the store: [^\n]+\n", said), said
    assert count(kept) == 40
    assert len(list(kept.glob("generation-*"))) == 1


def test_too_few_file_descriptors_are_told(kept, many):
    process = begin(kept, many, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60)))
    said = process.communicate()[1]
    assert process.returncode == 2 and re.fullmatch(r"error: the store cannot be opened: [^\n]+ulimit[^\n]+\n", said), said
    assert count(kept) == 40


def test_a_second_load_is_refused_while_the_first_writes(kept, many, run_built):
    with store.new_generation(kept, store.open_read_only(kept).prefixes, "half"):
        done = run_built("load", many, "--into", kept)
        assert done.returncode == 2 and "another build is writing to" in done.stderr
    assert len(list(kept.glob("generation-*"))) == 1


def test_a_store_on_a_read_only_file_system_is_asked(kept, without_privileges):
    with without_privileges(kept):
        for path in (*kept.rglob("*"), kept):
            path.chmod(0o555 if path.is_dir() else 0o444)
        assert count(kept) == 40


# A process that asks for large pages, and what it becomes; both say with which wishes they were started.
TELLS = "import os; print('went on', os.environ.get('GLIBC_TUNABLES'))"
STARTED = f"""
import sys
from pathlib import Path
from kgtool.cli import memory
sys.argv, sys.orig_argv = sys.argv[1:], ["python", "-c", {TELLS.replace("went on", "began again")!r}]
sys.executable = sys.argv[2] or sys.executable
memory.prepare([Path(sys.argv[1]), Path("of-no-matter")])
{TELLS}
"""
BOTH = "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1"


@pytest.mark.parametrize("caller, megabytes, told, said", [
    ("/bin/kgtool", 10, {}, f"began again {BOTH}"),
    ("/any/kgtool/__main__.py", 10, {}, f"began again {BOTH}"),
    ("/bin/kgtool", 10, {memory.NAME: "glibc.malloc.hugetlb=2"}, "began again glibc.malloc.hugetlb=2:glibc.malloc.arena_max=1"),
    ("/bin/kgtool", 10, {memory.NAME: BOTH}, f"went on {BOTH}"),
    ("/bin/kgtool", 10, {memory.MARK: "1"}, "went on None"),  # as where the system took the wishes away
    ("/bin/kgtool", 9, {}, "went on None"),
    ("/any/script.py", 10, {}, "went on None"),
])
def test_only_the_command_itself_begins_again_with_large_pages_where_files_are_large(tmp_path, caller, megabytes, told, said):
    assert asking_for_large_pages(tmp_path, caller, megabytes, told) == said


def test_a_command_that_cannot_be_started_again_goes_on(tmp_path):
    assert asking_for_large_pages(tmp_path, "/bin/kgtool", 10, {}, executable="/none/python") == "went on None"


def asking_for_large_pages(folder: Path, caller: str, megabytes: int, told: dict[str, str], executable: str = "") -> str:
    with (folder / "data.nt").open("wb") as file:
        file.truncate(megabytes * 1_000_000)
    around = {name: value for name, value in os.environ.items() if name not in (memory.NAME, memory.MARK)}
    done = subprocess.run([sys.executable, "-c", STARTED, caller, folder / "data.nt", executable], env={**around, **told},
                          capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.strip()
