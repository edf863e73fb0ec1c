#!/usr/bin/env python3
"""The export of Nsight Systems that nsys_database_test.cc reads, cut to what is read of it.

usage: make_nsys_fixture.py profile.sqlite testdata/nsys_cpu.sqlite

The first is what `bench-run --profile nsys EXPERIMENT` leaves in the run's folder (or any export of a program
with ranges of ours). Rows, columns and schema stay as nsys wrote them; what goes is whole tables and rows: ranges
of other domains, all but the first LONGEST rows of a table, and texts that nothing refers to. Prints, by SQL of its
own, what the test expects.
"""
import pathlib
import sqlite3
import sys

LONGEST = 120
KEPT = ("NVTX_EVENTS", "OSRT_API", "StringIds")


def cut(database):
    tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table not in KEPT:
            database.execute(f'DROP TABLE "{table}"')
    domains = "SELECT domainId FROM NVTX_EVENTS WHERE eventType = 75 AND text = 'bench'"
    database.execute(f"DELETE FROM NVTX_EVENTS WHERE domainId NOT IN ({domains})")
    for table in ("NVTX_EVENTS", "OSRT_API"):
        database.execute(f"DELETE FROM {table} WHERE rowid NOT IN "
                         f"(SELECT rowid FROM {table} ORDER BY start LIMIT {LONGEST})")
    database.execute("DELETE FROM StringIds WHERE id NOT IN (SELECT nameId FROM OSRT_API) AND id NOT IN "
                     "(SELECT textId FROM NVTX_EVENTS WHERE textId IS NOT NULL)")
    database.commit()
    database.execute("VACUUM")


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    target.write_bytes(source.read_bytes())
    database = sqlite3.connect(target)
    cut(database)
    print("ranges: name, payload, count, total ns")
    for row in database.execute(
            "SELECT value, group_concat(int64Value), count(*), sum(end - start) FROM NVTX_EVENTS "
            "JOIN StringIds ON StringIds.id = textId WHERE eventType = 59 GROUP BY value ORDER BY value"):
        print(" ", *row)
    print("calls: thread, name, count, total ns")
    for row in database.execute(
            "SELECT globalTid, value, count(*), sum(end - start) FROM OSRT_API "
            "JOIN StringIds ON StringIds.id = nameId GROUP BY globalTid, value ORDER BY globalTid, value"):
        print(" ", *row)
    print("the thread of the captured range:", *database.execute(
        "SELECT globalTid FROM NVTX_EVENTS JOIN StringIds ON StringIds.id = textId "
        "WHERE value = 'profiled'").fetchone())
    return 0


sys.exit(main())
