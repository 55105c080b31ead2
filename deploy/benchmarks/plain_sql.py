"""The same facts added up by SQL: counts, distinct projects and people, quarters and a fading sum for each account and kind.

No caps, no independence, no standing, no intervals: what is left when a facet is a GROUP BY.
"""

import statistics
import time

# Of the embedded database's own evidence; what is timed begins with this table.
TABLE = """
CREATE TABLE plain_facts AS
SELECT account, project, type, document::json #>> '{object,unit}' AS unit,
    document::json #>> '{counterparties,0,account,id}' AS other, occurred_at::date AS day
FROM evidence
"""
SUM = """
CREATE TABLE plain_facets AS
SELECT account, type, count(*) AS facts, count(DISTINCT unit) AS units, count(DISTINCT project) AS projects,
    count(DISTINCT other) AS people, count(DISTINCT date_trunc('quarter', day)) AS quarters, min(day) AS first,
    max(day) AS last, sum(power(2, -(DATE '2026-01-01' - day) / 180.0)) AS recent
FROM plain_facts GROUP BY account, type
"""


def postgres(connection, rounds=3):
    """Seconds PostgreSQL takes, the median."""
    connection.execute("DROP TABLE IF EXISTS plain_facts, plain_facets")
    connection.execute(TABLE)
    connection.execute("ANALYZE plain_facts")
    times = []
    for _ in range(rounds):
        connection.execute("DROP TABLE IF EXISTS plain_facets")
        began = time.monotonic()
        connection.execute(SUM)
        times.append(time.monotonic() - began)
    return statistics.median(times)


def duckdb(connection, folder, rounds=3):
    """Seconds DuckDB takes with the rows PostgreSQL has, in its own storage, on two threads."""
    import duckdb

    path = folder / "plain.csv"
    with connection.cursor() as cursor, path.open("wb") as file:
        with cursor.copy("COPY plain_facts TO STDOUT (FORMAT csv, HEADER)") as copy:
            for data in copy:
                file.write(data)
    with duckdb.connect(str(folder / "plain.duckdb"), config={"threads": 2}) as database:
        database.execute(f"CREATE TABLE plain_facts AS FROM read_csv('{path}')")
        times = []
        for _ in range(rounds):
            database.execute("DROP TABLE IF EXISTS plain_facets")
            began = time.monotonic()
            database.execute(SUM)
            times.append(time.monotonic() - began)
    return statistics.median(times)
