"""State directories with a ledger of a given size: seeded once through the service, kept, copied for each run."""

import hashlib
import json
import os
import shutil
import time
from pathlib import Path

from programs import output
from service import Service
from measuring import Load, database

MIGRATIONS = Path(__file__).resolve().parents[2] / "Migrations"
# The ledger is named after it, whatever port a run of the service has.
ENVIRONMENT = {"STANDING_PUBLIC_URL": "http://bench.example"}
# What a seeded fact takes on disk, its share of the indexes included, and what a run adds.
BYTES_AN_ENTRY = 1_600
BYTES_A_RUN = 6_000_000_000


class States:
    """The kept states in a folder that PostgreSQL's user can enter."""

    def __init__(self, folder, binaries, load, seconds):
        self.folder, self.binaries, self.load, self.seconds = folder, binaries, load, seconds
        text = b"".join(path.read_bytes() for path in sorted(MIGRATIONS.glob("*.sql")))
        self.schema = hashlib.sha256(text).hexdigest()[:12]

    def copy(self, entries, target):
        """A state of `entries` entries at `target`; returns how it came about, in words."""
        if entries == 0:
            return "begun empty"
        kept = self.folder / f"seeded-{self.schema}-{entries}"
        note = kept / "seeded.json"  # there once the state is whole
        made = not note.exists()
        if made:
            self._seed(kept, entries)
        seeded = json.loads(note.read_text())
        began = time.monotonic()
        output("cp", "-a", "--reflink=auto", kept / "state", target)
        os.sync()  # what was copied is on disk before anything is measured
        return (
            f"{'seeded now' if made else 'seeded by an earlier run'} through POST /v1/evidence:batch "
            f"({seeded['facts_per_s']:,}/s, documents of {seeded['document']} bytes); copied in "
            f"{time.monotonic() - began:.0f} s from {kept}, which can be deleted")

    def _seed(self, kept, entries):
        self._make_room(entries)
        kept.mkdir(mode=0o711, parents=True, exist_ok=True)
        with Service(self.binaries, kept / "state", ENVIRONMENT) as service:
            self._refuse_link(service)
            with database(service) as connection:
                have, = connection.execute("SELECT size FROM ledger_head").fetchone()
            print(f"seeding {entries - have:,} facts, once ({kept})", flush=True)
            report = Load(self.load, service, have).send(
                "batch", connections=8, size=0, warm=0, count=entries - have, seconds=self.seconds)
            with database(service) as connection:
                size, = connection.execute("SELECT size FROM ledger_head").fetchone()
                assert size == entries, (
                    f"seeding reached {size:,} of {entries:,} entries in {self.seconds} s: run again to go on")
                connection.execute("VACUUM (ANALYZE)")  # else autovacuum does, while something is measured
                document, = connection.execute("SELECT length(document) FROM evidence LIMIT 1").fetchone()
            assert service.stop() == 0, service.log_tail()
        note = {"facts_per_s": round(report["facts_per_s"]), "document": document}
        (kept / "seeded.json").write_text(json.dumps(note) + "\n")

    def _make_room(self, entries):
        """Removes what older schemas left, and refuses to fill the disk."""
        for old in self.folder.glob("seeded-*"):
            if not old.name.startswith(f"seeded-{self.schema}-"):
                shutil.rmtree(old)
        free, wanted = shutil.disk_usage(self.folder).free, 2 * entries * BYTES_AN_ENTRY + BYTES_A_RUN
        assert free > wanted, (
            f"{entries:,} entries need {wanted / 1e9:.0f} GB in {self.folder}, {free / 1e9:.0f} GB are free: name "
            "another folder with --cache, or fewer entries with --entries")

    @staticmethod
    def _refuse_link(service):
        """A cluster that stands elsewhere would not be copied with the state."""
        assert not (service.state / "postgres/cluster").is_symlink(), (
            f"PostgreSQL's user cannot enter {service.state}: name a folder it can with --cache")
