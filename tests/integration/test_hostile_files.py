"""No file may bring the product down: each bad file brings its finding, within the limits of memory and time."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.parsing.limits import CHILD_MEMORY_BYTES, MIB
from ingestion.reading import Guard, diagnose, read_files, rules
from tests.hostile import packages, sheets, texts
from tests.hostile.base import HostileFile, csv_bytes, damaged, good_workbook

CASES = [*packages.CASES, *sheets.CASES, *texts.CASES]
MOST_KIB = 512 * MIB // 1024


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard() as child:
        yield child


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_file_brings_its_finding(case: HostileFile, guard: Guard, folder: Path) -> None:
    own = folder / f"case-{CASES.index(case)}"
    own.mkdir()
    findings = [item for item in read_files(case.make(own), guard).findings if item.rule_id == case.rule_id]
    assert findings, case.rule_id
    found = findings[0]
    assert found.message
    assert found.remedy
    if case.record:
        assert (found.record, found.row_number, found.column_name) == (case.record, case.row, case.column)


@pytest.mark.parametrize("seed", range(6))
def test_random_damage_brings_no_exception(seed: int, guard: Guard, folder: Path) -> None:
    chance = random.Random(seed)
    own = folder / f"damage-{seed}"
    own.mkdir()
    good = good_workbook(own).read_bytes()
    for number in range(20):
        path = own / f"{number}.xlsx"
        path.write_bytes(damaged(good, chance))
        assert read_files([path], guard).findings
        text = own / "员工.csv"
        text.write_bytes(damaged(csv_bytes("staff"), chance))
        for record in read_files([text], guard).records.values():
            assert record.columns or record.row_count == 0
            if not record.numbered:
                mended, why = diagnose(record)
                assert why or (mended is not None and mended.row_count == record.row_count)


def test_good_file_reads_after_the_child_died(guard: Guard, folder: Path) -> None:
    own = folder / "after"
    own.mkdir()
    bomb = next(case for case in CASES if case.rule_id == "F-20")
    assert [item.rule_id for item in read_files(bomb.make(own), guard).findings] == ["F-20"]
    assert read_files([good_workbook(own)], guard).findings == []


READ_AND_TELL = """
import pathlib, resource, sys
from ingestion.reading import Guard, read_files
with Guard() as guard:
    found = read_files([pathlib.Path(name) for name in sys.argv[1:]], guard).findings
print(",".join(item.rule_id for item in found), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_child_cannot_take_more_memory(folder: Path) -> None:
    own = folder / "limits"
    own.mkdir()
    with Guard() as fresh:
        read_files([good_workbook(own)], fresh)
        assert fresh.process_id is not None
        assert resource.prlimit(fresh.process_id, resource.RLIMIT_AS) == (CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES)
        assert resource.prlimit(fresh.process_id, resource.RLIMIT_FSIZE) == (0, 0)


def test_child_of_a_large_parent_is_kept(folder: Path) -> None:
    own = folder / "ballast"
    own.mkdir()
    ballast = b"\1" * (400 * MIB)  # the peak a child is born with is its parent's
    with Guard() as fresh:
        read_files([good_workbook(own)], fresh)
        first = fresh.process_id
        read_files([good_workbook(own)], fresh)
        assert first is not None
        assert fresh.process_id == first
    assert len(ballast) == 400 * MIB


def test_child_that_says_nothing_is_ended(folder: Path) -> None:
    own = folder / "silent"
    own.mkdir()
    with Guard(seconds=0.0) as impatient:
        found = read_files([good_workbook(own)], impatient).findings
    assert [item.rule_id for item in found] == ["F-21"]


def test_every_rule_has_a_bad_file() -> None:
    tried = {case.rule_id for case in CASES}
    assert {rule.rule_id for rule in rules} - tried == {"F-21", "S-30"}


def test_children_stay_below_half_a_gibibyte(folder: Path) -> None:
    own = folder / "memory"
    own.mkdir()
    paths = next(case for case in CASES if case.rule_id == "F-20").make(own)
    done = subprocess.run(  # in a process of its own, whose only children are the reader's
        [sys.executable, "-c", READ_AND_TELL, *map(str, paths)], capture_output=True, text=True, check=True
    )
    rule_ids, peak_kib = done.stdout.split()
    assert "F-20" in rule_ids.split(",")
    assert 0 < int(peak_kib) < MOST_KIB
