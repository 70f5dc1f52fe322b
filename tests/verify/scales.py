"""Checks an audit pack over HTTP with tlog-scales, and holds its proofs to ours, byte for byte.

  python scales.py PACK POLICY [--checkpoint FILE]... [--certificate FILE]... [--receipt FILE]...

The folder is served on the loopback address, as a ledger's server would. Ends with 0 when everything fits, with 1 when
something does not, and with 2 when it could not be checked.
"""

import argparse
import functools
import http.server
import json
import pathlib
import sys
import threading

from tlog_scales import signing, tiles
from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tlog import Checkpoint
from tlog_scales.utils import b64enc


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


def must(holds, why):
    if not holds:
        raise ValueError(why)


def read(checkpoint_text, keys):
    checkpoint = Checkpoint.from_text(checkpoint_text)
    own = [key for key in keys if key.name == checkpoint.origin]
    must(own, f"the policy does not name {checkpoint.origin}")
    for key in own:
        checkpoint.verify(key)
    return checkpoint


def records(reader, size):
    """Every entry hashed again and held to the hash in its tile."""
    for index in range(size):
        own = tiles.leaf_hash(reader.get_entry(index))
        must(
            own == reader._get_from_tile(0, *divmod(index, 256)),
            f"entry {index} does not have the hash of its tile",
        )
    last = reader._get_tile(-1, (size - 1) // 256, size % 256)
    must(last.length == (size - 1) % 256 + 1, "the last bundle holds another number of entries")


def rows(reader, size):
    """Every tile above the lowest row held to those below it."""
    level = 1
    while size >> 8 * level:
        for index in range(size >> 8 * level):
            below = [reader._get_from_tile(level - 1, index, at) for at in range(256)]
            while len(below) > 1:
                pairs = zip(below[0::2], below[1::2])
                below = [tiles.sha256(b"\x01" + left + right) for left, right in pairs]
            must(
                below[0] == reader._get_from_tile(level, *divmod(index, 256)),
                f"row {level} of the tiles does not hold the root of {index} below it",
            )
        level += 1


def hashes(lines):
    return [line for line in lines if line]


def check(given, url):
    keys = [
        signing.Vkey.from_string(line.split()[1])
        for line in pathlib.Path(given.policy).read_text().split("\n")
        if line.startswith("log ")
    ]
    reader = TilesReader(HttpBackend(url))
    served = reader.get_checkpoint()
    newest = read((pathlib.Path(given.pack) / "checkpoint").read_text(), keys)
    must(served == newest, "another checkpoint is served")
    must(reader.calculate_root_hash() == newest.root_hash, "the tiles do not have the root that was signed")
    records(reader, newest.size)
    rows(reader, newest.size)
    kept = [path for path in sorted((pathlib.Path(given.pack) / "checkpoints").glob("*"))]
    for path in kept + [pathlib.Path(path) for path in given.checkpoint]:
        old = read(path.read_text(), keys)
        must(old.size <= newest.size, f"{path.name} covers more entries than there are")
        proof = reader.get_consistency_proof(old.size, newest.size)
        proof.check(old.root_hash, newest.root_hash)
    compared = 0
    for path in given.receipt + given.certificate:
        text = pathlib.Path(path).read_text()
        if path in given.certificate:
            head, _, text = text.partition("\n\n")
            _, record, *lines = head.split("\n")
            known = json.loads(record)["data"]["manifest"]["known_at"]
            own = reader.get_consistency_proof(known, newest.size)
            must([b64enc(one) for one in own.node_hashes] == lines, f"{path}: another proof of consistency")
        head, _, note = text.partition("\n\n")
        must(read(note, keys) == newest, f"{path} rests on another checkpoint")
        _, index, *lines = head.split("\n")
        index = int(index.removeprefix("index "))
        own = reader.get_inclusion_proof(index, newest.size)
        must([b64enc(one) for one in own.node_hashes] == lines, f"{path}: another proof of inclusion")
        own.check(tiles.leaf_hash(reader.get_entry(index)), newest.root_hash)
        compared += 1
    print(f"fits: {newest.size} entries, {compared} proofs equal to ours byte for byte")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pack")
    parser.add_argument("policy")
    for kind in ("checkpoint", "certificate", "receipt"):
        parser.add_argument(f"--{kind}", action="append", default=[])
    given = parser.parse_args()
    handler = functools.partial(Quiet, directory=given.pack)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        check(given, f"http://127.0.0.1:{server.server_port}")
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:  # its own errors have no common kind
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
