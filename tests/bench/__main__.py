"""What is measured, in turn, and one summary: from start-up to finding. A quarter of an hour on two cores."""

from __future__ import annotations

from tests.bench import derive, finding, forms, questions, shacl, startup, timing


def main() -> None:
    print("Start-up: one question from the command line\n")
    commands = startup.main()
    print("\nQuestions: every shipped query beside other engines, on a world of 10^5 triples\n")
    asked = questions.compare(100_000, list(questions.ENGINES), limit=5)
    print("\nForms: what `kgtool query --explain` calls costly, against what it advises\n")
    forms.main()
    print("\nDerivation: every rule and judge on synthetic worlds\n")
    steps = derive.main(list(derive.SIZES))
    print("\nValidation: compiled shapes against pySHACL\n")
    sizes = shacl.main([])
    print("\nFinding and counting: the index, tables, networks\n")
    finding.main(list(finding.SIZES))
    print("\n".join(["\nSummary", *_summary(commands, steps, sizes), *(f"  {line}" for line in asked)]))
    print(f"  {timing.circumstances('pyoxigraph', 'rdflib', 'oxrdflib', 'pyshacl')}")


def _summary(commands: dict[str, float], steps: list[derive.Step], sizes: dict[int, dict[str, float]]) -> list[str]:
    bare, ours, rdflib = commands.values()
    marked = [f"{step.name} ({factor:.0f} to 10^{step.size})" for step, factor in derive.superlinear(steps).items()]
    lines = [
        f"  kgtool ask routes: {ours / bare:.1f} times a bare interpreter; rdflib takes {rdflib / ours:.1f} times that"
    ]
    lines += [f"  deriving on 10^{size} triples: {seconds:.1f} s" for size, seconds in derive.totals(steps).items()]
    lines += [
        f"  growing by more than {derive.SUPERLINEAR:.0f} for ten times the triples: {', '.join(marked) or 'nothing'}"
    ]
    lines += [
        f"  validating {size:,} triples: "
        + ", ".join(f"{engine} {seconds:.1f} s" for engine, seconds in engines.items())
        for size, engines in sizes.items()
    ]
    return lines


if __name__ == "__main__":
    main()
