"""dbt's manifest, parsed once for each state of the project: what Dagster's assets are made from.

Flow: ``transform/`` → ``<state folder>/dbt/manifest.json``. Run as a module it parses the project, which is the
check of ``make check``.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from common.settings import Settings, load_settings
from orchestration.dbt import run_dbt

SUFFIXES = {".sql", ".yml", ".csv", ".md"}


def project_digest(settings: Settings) -> str:
    """Return the SHA-256 of everything in the dbt project that shapes the manifest."""
    digest = hashlib.sha256(str(settings.home).encode())
    for path in sorted(settings.transform.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and "target" not in path.parts:
            digest.update(str(path.relative_to(settings.transform)).encode() + path.read_bytes())
    return digest.hexdigest()


def ensure_manifest(settings: Settings) -> Path:
    """Return the manifest of the project as it stands now, parsing it only when the project changed.

    Raises:
        DbtError: the project does not parse.
    """
    folder = settings.home / "dbt"
    manifest, stamp = folder / "manifest.json", folder / "manifest.sha256"
    digest = project_digest(settings)
    if manifest.exists() and stamp.exists() and stamp.read_text() == digest:
        return manifest
    run_dbt(settings, "parse")
    fresh = folder / "manifest.json.new"
    shutil.copyfile(folder / "target" / "manifest.json", fresh)
    fresh.replace(manifest)  # in one step: another process may be reading it
    stamp.write_text(digest)
    return manifest


if __name__ == "__main__":
    run_dbt(load_settings(), "parse")
