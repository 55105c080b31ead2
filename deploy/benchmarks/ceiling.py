"""PostgreSQL's own ceiling: the rows of the ledger's batches, appended by one connection with nothing in front of it.

A transaction a batch, synchronous commit on: binary COPY into `entries`, `evidence` and `briefs` as they stand, with all
their indexes, then the growing tiles and the head. The rows are encoded before the clock starts, so what is timed is the
database. Tiles and head go to copies of their tables, and the appended rows are taken away with the whole database by
the caller: until then it is no ledger any more.
"""

import base64
import os
import random
import struct
import time

from measuring import database

# Of `COPY … (FORMAT binary)`: signature, flags, length of the header's extension; and the end.
HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
END = struct.pack("!h", -1)
ENTRIES = "COPY entries (index, leaf_key, kind, commitment) FROM STDIN (FORMAT binary)"
BRIEFS = "COPY briefs (entry_index, account, brief) FROM STDIN (FORMAT binary)"
BRIEF = 72
ACCOUNTS = 10_000
PROJECTS = 1_000


def measure(service, size, batch, document, rows=200_000, seconds=8):
    """Rows a second at `batch` rows a transaction, with the ledger's tables at `size` rows or more.

    The documents of the evidence have `document` bytes.
    """
    batch = max(1, batch)
    with database(service) as connection:
        connection.execute("SET synchronous_commit = on")
        start, = connection.execute("SELECT greatest(%s, 1 + max(index)) FROM entries", (size,)).fetchone()
        evidence = Evidence(connection, document)
        connection.execute("DROP SCHEMA IF EXISTS ceiling CASCADE")
        connection.execute("CREATE SCHEMA ceiling")
        for table in ("tiles", "ledger_head"):
            connection.execute(f"CREATE TABLE ceiling.{table} (LIKE {table} INCLUDING ALL)")
        connection.execute("INSERT INTO ceiling.ledger_head SELECT * FROM ledger_head")
        batches = [
            (encode_entries(at, count), evidence.encode(at, count), encode_briefs(at, count), tiles(at, count))
            for at, count in spans(start, batch, rows)]
        began = time.monotonic()
        done, times = 0, []
        for at, (entries, facts, briefs, grown) in enumerate(batches):
            before = time.monotonic()
            if before - began > seconds:
                break
            append(connection, evidence.statement, entries, facts, briefs, grown, start + done)
            times.append(time.monotonic() - before)
            done += min(batch, rows - at * batch)
        elapsed = time.monotonic() - began
    times.sort()
    return {
        "per_s": round(done / elapsed, 1), "batch_size": batch, "commits_per_s": round(len(times) / elapsed, 1),
        "p99_ms": round(times[int(0.99 * (len(times) - 1))] * 1000, 2), "rows": done,
    }


def spans(start, batch, rows):
    return [(start + done, min(batch, rows - done)) for done in range(0, rows, batch)]


def append(connection, statement, entries, facts, briefs, grown, size):
    with connection.transaction(), connection.cursor() as cursor:
        for copy_statement, rows in ((ENTRIES, entries), (statement, facts), (BRIEFS, briefs)):
            with cursor.copy(copy_statement) as copy:
                copy.write(rows)
        for level, index, hashes in grown:
            cursor.execute(
                "INSERT INTO ceiling.tiles (level, index, hashes) VALUES (%s, %s, %b)"
                " ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes", (level, index, hashes),
                prepare=True)
        cursor.execute(
            "UPDATE ceiling.ledger_head SET size = %s, root = %b, note = %s, observed_at = now()",
            (size, os.urandom(32), "n" * 200), prepare=True)


def encode_entries(start, count):
    rows = [
        field(struct.pack("!q", index)) + field(os.urandom(8)) + field(b"evidence") + field(commitment())
        for index in range(start, start + count)]
    return frame(4, rows)


def encode_briefs(start, count):
    rows = [
        field(struct.pack("!q", index)) + field(struct.pack("!q", 1 + random.randrange(ACCOUNTS)))
        + field(os.urandom(BRIEF))
        for index in range(start, start + count)]
    return frame(3, rows)


class Evidence:
    """Rows of `evidence` with the columns it has today, each with a value of the kind the service gives it."""

    def __init__(self, connection, document):
        columns = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'evidence'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum").fetchall()
        values = {
            "entry_index": lambda index: struct.pack("!q", index),
            "identity_hash": lambda _: os.urandom(16),
            "type": lambda _: b"review_given",
            "account": lambda _: struct.pack("!q", 1 + random.randrange(ACCOUNTS)),
            "project": lambda _: struct.pack("!q", 1 + random.randrange(PROJECTS)),
            # Microseconds since 2000.
            "occurred_at": lambda _: struct.pack("!q", random.randrange(15, 24) * 31_557_600_000_000),
            "salt": lambda _: os.urandom(16),
            "document": lambda _: b"d" * document,
        }
        names = [name for name, in columns]
        unknown = [name for name in names if name not in values]
        assert not unknown, f"evidence has columns the benchmark has no values for: {unknown}"
        self.values = [values[name] for name in names]
        self.statement = f"COPY evidence ({', '.join(names)}) FROM STDIN (FORMAT binary)"

    def encode(self, start, count):
        rows = [b"".join(field(value(index)) for value in self.values) for index in range(start, start + count)]
        return frame(len(self.values), rows)


def tiles(start, count):
    """The tiles that change when `count` leaves follow `start`: (level, index, hashes) as they then stand."""
    grown, level, end = [], 0, start + count
    while start != end:
        for index in range(start >> 8, ((end - 1) >> 8) + 1):
            width = min(256, end - (index << 8))
            grown.append((level, index, os.urandom(32) * width))
        start, end, level = start >> 8, end >> 8, level + 1
    return grown


def commitment():
    return base64.urlsafe_b64encode(os.urandom(32))[:43]


def field(value):
    return struct.pack("!i", len(value)) + value


def frame(columns, rows):
    begin = struct.pack("!h", columns)
    return HEADER + b"".join(begin + row for row in rows) + END
