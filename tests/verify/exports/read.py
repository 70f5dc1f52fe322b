"""Reads the three exports of one ledger with other people's programs, and compares what they find.

Usage: read.py NAME EVENTS PATH, where PATH.cloudevents, PATH.ocel and PATH.csv are exports of the same ledger.
"""

import contextlib
import csv
import io
import json
import sys
import warnings
from collections import Counter

warnings.filterwarnings("ignore")

import pm4py  # noqa: E402
from cloudevents.core.formats.json import JSONFormat  # noqa: E402
from cloudevents.core.v1.event import CloudEvent  # noqa: E402


def same(what, ours, theirs):
    """Ends the check when the two differ."""
    if ours != theirs:
        sys.exit(f"exports: {what}: we say {ours!r}, and {theirs!r} was read")


name, events, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]

# CloudEvents, by the SDK of the specification's own project.
kinds = Counter()
with open(path + ".cloudevents", "rb") as lines:
    for at, line in enumerate(lines):
        event = JSONFormat().read(CloudEvent, line)
        stored = json.loads(line)["data"]
        same("id", stored["id"], event.get_id())
        same("subject", stored["stream"], event.get_subject())
        same("type", f"dealtrail.{stored['kind']}.v{stored['v']}", event.get_type())
        same("time", stored["recorded_at"], event.get_time().strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        same("sequence", at, int(event.get_extension("sequence")))
        same("data", stored, event.get_data())
        kinds[stored["kind"]] += 1
same("events in cloudevents", events, sum(kinds.values()))

# OCEL, by a process miner.
with contextlib.redirect_stdout(io.StringIO()):
    # It greets whoever asks it first.
    log = pm4py.read_ocel2_json(path + ".ocel")
raw = json.load(open(path + ".ocel", encoding="utf-8"))
same("events in ocel", events, len(log.events))
same("objects", len(raw["objects"]), len(log.objects))
same("kinds", dict(kinds), dict(Counter(log.events[log.event_activity])))
same(
    "objects by type",
    dict(Counter(one["type"] for one in raw["objects"])),
    dict(Counter(log.objects[log.object_type_column])),
)
# Of an event's relations to one object pm4py keeps one, whatever their qualifiers.
pairs = sum(len({to["objectId"] for to in one["relationships"]}) for one in raw["events"])
same("relations of events", pairs, len(log.relations))
same("relations of objects", sum(len(one["relationships"]) for one in raw["objects"]), len(log.o2o))
same("every event is about something", events, log.relations[log.event_id_column].nunique())
# Numbers are texts in the file, and read as what they are declared to be.
same("seq", events * (events - 1) // 2, int(log.events["seq"].astype("int64").sum()))
same("graph of object types", True, len(pm4py.discover_ocdfg(log)["activities"]) > 0)

# The sheet, by Python's own reader.
with open(path + ".csv", encoding="utf-8-sig", newline="") as sheet:
    rows = list(csv.DictReader(sheet))
same("rows", events, len(rows))
same("order of rows", [str(seq) for seq in range(events)], [row["entry"] for row in rows])
same("kinds in rows", dict(kinds), dict(Counter(row["kind"] for row in rows)))

print(
    f"exports: {name}: {events} events of {len(kinds)} kinds, {len(log.objects)} objects of "
    f"{len(raw['objectTypes'])} types, {len(log.relations)} + {len(log.o2o)} relations"
)
