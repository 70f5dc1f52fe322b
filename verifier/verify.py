#!/usr/bin/env python3
"""Checks what a dealtrail ledger gives out: audit packs, receipts, and issued reports with their certificates.

  python3 verify.py PACK [--trust POLICY] [--checkpoint FILE]...    PACK is the archive or the folder
  python3 verify.py receipt FILE RECORD --trust POLICY
  python3 verify.py report DOCUMENT CERTIFICATE --trust POLICY

Exit code 0: everything fits. 1: something does not. 2: it could not be checked. Needs Python 3.8 or newer and nothing
else; asks no server.
Formats: RFC 6962 and 9162 (trees), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy,
tlog-proof, tlog-tiles.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import struct
import sys
import tarfile
from datetime import datetime, timezone

FULL, HASH = 256, 32


class Differs(Exception):
    """What was shown does not hold."""


class Unusable(Exception):
    """Nothing can be said."""


# What reading bytes of another form than they have to be ends in: they are not what was signed.
MISFORMED = (AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError)


def why_differs(error):
    """What is wrong with what was shown, in words."""
    return str(error) if isinstance(error, Differs) else "it is not formed as it has to be"


def must(holds, why):
    if not holds:
        raise Differs(why)


# Bytes and texts


def text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Differs("it is not text in UTF-8")


def unbase64(letters, what):
    try:
        data = base64.b64decode(letters.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Differs(f"{what} is not in base64")
    must(base64.b64encode(data).decode() == letters, f"{what} is not in base64")
    return data


def number(digits, what):
    must(re.fullmatch("0|[1-9][0-9]{0,18}", digits, re.ASCII), f"{what} is no whole number")
    return int(digits)


def read_hash(line):
    data = unbase64(line, "a hash")
    must(len(data) == HASH, "a hash is not 32 bytes long")
    return data


# Hashes


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(record):
    return sha256(b"\x00" + record)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def root_of(hashes):
    """The root over neighbouring hashes; an odd one at the end moves up as it is."""
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        pairs = zip(hashes[0::2], hashes[1::2])
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return hashes[0] if hashes else sha256(b"")


# Ed25519 (RFC 8032 section 6, with the check of section 5.1.7)

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    product = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = add(product, point)
        point = add(point, point)
        scalar >>= 1
    return product


def point_of(data):
    """The point that 32 bytes name, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key, message, signature):
    point = point_of(key)
    sent = point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or point is None or sent is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    one = times(scalar, BASE)
    other = add(sent, times(int.from_bytes(digest, "little") % ORDER, point))
    equal = (one[0] * other[2] - other[0] * one[2]) % P == 0
    return equal and (one[1] * other[2] - other[1] * one[2]) % P == 0


# Proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2)


def included(root, size, index, leaf, proof):
    must(index < size, f"entry {index} is beyond the {size} entries that were signed")
    why = f"the proof does not show these bytes at position {index} of the {size} entries that were signed"
    f, s, r = index, size - 1, leaf
    for p in proof:
        must(s, why)
        if f & 1 or f == s:
            r = node_hash(p, r)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            r = node_hash(r, p)
        f, s = f >> 1, s >> 1
    must(s == 0 and r == root, why)


def consistent(m, old, n, root, proof):
    why = f"the first {m} entries are not the beginning of the {n} that were signed"
    must(m <= n, why)
    if m == n:
        return must(not proof and old == root, why)
    if m == 0:
        return must(not proof, why)
    path = ([old] if m & (m - 1) == 0 else []) + proof
    must(path, why)
    f, s = m - 1, n - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    a = b = path[0]
    for c in path[1:]:
        must(s, why)
        if f & 1 or f == s:
            a, b = node_hash(c, a), node_hash(c, b)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            b = node_hash(b, c)
        f, s = f >> 1, s >> 1
    must(s == 0 and a == old and b == root, why)


# Keys, notes, checkpoints, policies


def read_key(words):
    found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(.+)", words)
    must(found, f"{words} is no public key; one is a name, eight digits and base64, with + between")
    name, key_id, rest = found.groups()
    data = unbase64(rest, "the public key")
    must(len(data) == 33 and data[0] in (1, 4), f"the key of {name} is of a kind this verifier does not know")
    digest = sha256(name.encode() + b"\n" + data)
    must(
        digest[:4].hex() == key_id,
        f"the public key of {name} was not copied whole: its digits do not belong to it",
    )
    return {"name": name, "id": key_id, "kind": data[0], "key": data[1:]}


def read_checkpoint(data):
    whole = text(data)
    at = whole.rfind("\n\n")
    control = re.search("[\x00-\x09\x0b-\x1f]", whole)
    must(at >= 0 and whole.endswith("\n") and not control, "it is not a signed note")
    lines = []
    for line in whole[at + 2 : -1].split("\n"):
        found = re.fullmatch("\u2014 (\\S+) (\\S+)", line)
        must(found, f"{line[:80]} is not a signature line")
        rest = unbase64(found[2], "a signature")
        must(len(rest) > 4, "a signature is too short")
        lines.append((found[1], rest[:4].hex(), rest[4:]))
    note = whole[: at + 1]
    told = note.split("\n")
    must(len(told) >= 4 and all(told[:3]), "it is not a checkpoint: that has three lines")
    root = unbase64(told[2], "the root")
    must(len(root) == HASH, "the root is not 32 bytes long")
    return {
        "note": note,
        "lines": lines,
        "origin": told[0],
        "size": number(told[1], "the size"),
        "root": root,
    }


def signers(checkpoint, keys):
    found = []
    for name, key_id, signature in checkpoint["lines"]:
        for key in keys:
            if (key["name"], key["id"]) != (name, key_id):
                continue
            message, time = checkpoint["note"], None
            if key["kind"] == 4:
                must(len(signature) == 72, f"the cosignature of {name} is not 72 bytes long")
                time = int.from_bytes(signature[:8], "big")
                message, signature = f"cosignature/v1\ntime {time}\n{message}", signature[8:]
            fits = ed25519(key["key"], message.encode(), signature)
            must(fits, f"the signature of {name} is not of these words: they, it or the key were changed")
            found.append((key, time))
    return found


def read_policy(data):
    """A policy or a key that cannot be read says nothing of what it was to vouch for."""
    try:
        return policy_of(text(data))
    except Differs as error:
        raise Unusable(f"whom to believe cannot be read: {error}")


def policy_of(words):
    logs, witnesses, groups, quorum = [], [], [], None
    if re.fullmatch(r"\s*[^\s#]+\+[0-9a-f]{8}\+\S+\s*", words):
        # A key alone is the policy that believes it.
        words = f"log {words.strip()}\nquorum none"
    for line in words.split("\n"):
        word, *rest = re.split("[ \t]+", line.strip(" \t"))
        names = {name for name, _ in witnesses} | {name for name, _, _ in groups} | {"none"}
        if not word or word.startswith("#"):
            continue
        if word == "log" and len(rest) >= 1:
            logs.append(read_key(rest[0]))
        elif word == "witness" and len(rest) >= 2:
            witnesses.append((rest[0], read_key(rest[1])))
        elif word == "group" and len(rest) >= 3 and names.issuperset(rest[2:]):
            needs = {"any": 1, "all": len(rest) - 2}.get(rest[1])
            needs = number(rest[1], f"the number of the group {rest[0]}") if needs is None else needs
            groups.append((rest[0], needs, rest[2:]))
        elif word == "quorum" and len(rest) == 1 and rest[0] in names:
            quorum = rest[0]
        else:
            raise Differs(f"the trust policy has a line that cannot be read: {line[:80]}")
    must(logs and quorum, "a trust policy needs a `log` line and a `quorum` line")
    return {"logs": logs, "witnesses": witnesses, "groups": groups, "quorum": quorum}


def accepted(checkpoint, policy, own_word=False):
    """Who vouches for a checkpoint, in words. Witnesses are not asked of what the ledger kept by itself."""
    origin = checkpoint["origin"]
    logs = [key for key in policy["logs"] if key["name"] == origin]
    must(logs, f"the trust policy does not name {origin}")
    found = signers(checkpoint, logs + [key for _, key in policy["witnesses"]])
    must(any(key in logs for key, _ in found), f"no key that the trust policy names for {origin} signed it")
    cosigned = {
        name: time for name, own in policy["witnesses"] for key, time in reversed(found) if key is own
    }
    counted = set(cosigned)
    for name, needs, members in policy["groups"]:
        if len(counted.intersection(members)) >= needs:
            counted.add(name)
    quorum = policy["quorum"]
    enough = own_word or quorum == "none" or quorum in counted
    must(enough, f"the trust policy asks for {quorum}, and the cosignatures are not enough")
    return f"signed by {origin}" + "".join(
        f" and cosigned by {name} at {moment(time)}" for name, time in cosigned.items()
    )


# Changes of the ledger's key: entries that prove themselves by the signatures of both keys


def key_change(record, roots, before):
    """What an entry proves that says the key was changed: its position, the key before and the key after."""
    told = json.loads(record)
    data, seq = told["data"], told["seq"]
    why = f"entry {seq} says that the key was changed, and that is not proved"
    old, new = read_key(data["old_key"]), read_key(data["new_key"])
    statement = (
        f"dealtrail key rotation v1\norigin {old['name']}\nsize {data['size']}\nroot {data['root']}\n"
        f"old {data['old_key']}\nnew {data['new_key']}\n"
    )
    for key, letters in ((old, data["old_signature"]), (new, data["new_signature"])):
        signature = unbase64(letters, "a signature")
        fits = signature[:4].hex() == key["id"] and ed25519(key["key"], statement.encode(), signature[4:])
        must(fits and key["name"] == old["name"], why)
    must(not before or before[-1][2] == old, f"{why}: the old key it names was not in force")
    known = data["size"] <= seq and roots.get(data["size"]) == read_hash(data["root"])
    must(known, f"{why}: the first {data['size']} entries are not those that the old key vouched for")
    return seq, old, new


def in_force(policy, changes, size):
    """A policy as it reads for a checkpoint of so many entries: a key of the chain stands for the one in force there."""
    chain = [changes[0][1]] + [new for _, _, new in changes] if changes else []
    if not any(key in chain for key in policy["logs"]):
        return policy
    return {**policy, "logs": [chain[sum(seq < size for seq, _, _ in changes)]]}


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# Receipts and certificates


def read_receipt(words):
    head, blank, note = words.partition("\n\n")
    lines = head.split("\n")
    must(blank and lines.pop(0) == "c2sp.org/tlog-proof@v1", "it is not a receipt")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    must(lines and lines[0].startswith("index "), "the receipt does not say which entry it is about")
    index = number(lines[0][len("index ") :], "the index")
    return {
        "index": index,
        "proof": [read_hash(line) for line in lines[1:]],
        "checkpoint": read_checkpoint(note.encode()),
    }


def check_receipt(receipt, record):
    checkpoint = receipt["checkpoint"]
    included(checkpoint["root"], checkpoint["size"], receipt["index"], leaf_hash(record), receipt["proof"])


def read_certificate(data):
    head, blank, rest = text(data).partition("\n\n")
    lines = head.split("\n")
    must(blank and lines[0] == "dealtrail/report-certificate@v1", "it is not a certificate of a report")
    try:
        entry = json.loads(lines[1])
        issued = entry["data"] if entry["kind"] == "report_issued" else None
        manifest, seq, issued_as = issued["manifest"], entry["seq"], issued["number"]
    except (IndexError, KeyError, TypeError, ValueError):
        raise Differs("the entry in the certificate issued no report")
    proof = [read_hash(line) for line in lines[2:]]
    found = {"record": lines[1], "seq": seq, "manifest": manifest, "number": issued_as}
    return {**found, "proof": proof, "receipt": read_receipt(rest)}


def check_certificate(certificate, document):
    """Yields what a certificate shows of a Document; whether its checkpoint is believed is asked apart."""
    manifest, receipt, issued_as = certificate["manifest"], certificate["receipt"], certificate["number"]
    checkpoint = receipt["checkpoint"]
    digest, wanted = hashlib.sha256(document).hexdigest(), manifest["document_sha256"]
    must(
        digest == wanted,
        f"it is not the Document that was issued as {issued_as}: its SHA-256 is {digest}, and what was issued has {wanted}",
    )
    told = json.loads(document)
    named = (told["known_at"], told["ledger"]["root"], told["ledger"]["origin"])
    own = (manifest["known_at"], manifest["root"], manifest["origin"])
    must(named == own, "the Document and the entry that issued it name different ledgers")
    yield f"the words are those that were issued as {issued_as}, byte for byte"
    check_receipt(receipt, certificate["record"].encode())
    own = certificate["seq"] == receipt["index"] and manifest["origin"] == checkpoint["origin"]
    must(own, "the entry is of another ledger or place than the receipt says")
    yield f"its issue is entry {receipt['index']} of the {checkpoint['size']} that were signed"
    known_at = manifest["known_at"]
    must(known_at <= receipt["index"], "the report says that it knew entries recorded after its issue")
    consistent(
        known_at,
        bytes.fromhex(manifest["root"]),
        checkpoint["size"],
        checkpoint["root"],
        certificate["proof"],
    )
    yield f"the {known_at} entries it was computed from are the beginning of those that were signed"


# Archives, and the walk through one (C2SP tlog-tiles)


class Pack:
    """The files of a folder, or of a tar archive without being unpacked."""

    def __init__(self, path):
        self.path, self.files, self.tar = path, {}, None
        try:
            if os.path.isdir(path):
                for folder, _, names in os.walk(path):
                    for name in names:
                        place = os.path.join(folder, name)
                        self.files[os.path.relpath(place, path).replace(os.sep, "/")] = place
            else:
                self.tar = tarfile.open(path, "r:")
                self.files = {one.name: one for one in self.tar if one.isfile()}
        except (OSError, tarfile.TarError) as error:
            raise Unusable(f"{path} cannot be read: {error}")
        self.names = sorted(self.files)

    def read(self, name):
        if name not in self.files:
            raise Unusable(f"the pack has no {name}: a part of it is missing")
        try:
            file = self.tar.extractfile(self.files[name]) if self.tar else open(self.files[name], "rb")
            with file:
                return file.read()
        except (OSError, tarfile.TarError) as error:
            raise Unusable(f"{name} cannot be read: {error}")


def tile_path(kind, index, width):
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{kind}/{path}" + (f".p/{width}" if width < FULL else "")


ROTATED = b'"kind":"key_rotated"'


def leaves_of(bundle, name, width, rotated):
    """The hashes of the entries of a bundle: each stands behind its length in two bytes."""
    hashes, at, end = [], 0, len(bundle)
    looked_for = ROTATED in bundle
    length, sha = struct.Struct(">H").unpack_from, hashlib.sha256
    while at + 2 <= end:
        stop = at + 2 + length(bundle, at)[0]
        must(stop <= end, f"{name} is cut, or the length of an entry in it was changed")
        hashes.append(sha(b"\x00" + bundle[at + 2 : stop]).digest())
        if looked_for and ROTATED in bundle[at + 2 : stop]:
            rotated.append(bundle[at + 2 : stop])
        at = stop
    must(at == end and len(hashes) == width, f"{name} does not hold the {width} entries that its name says")
    return hashes


class Walk:
    """Hashes every entry again, holds every tile to them, and gives the root at each size asked for, and the entries that
    say the key was changed."""

    def __init__(self, pack, size, sizes):
        self.pack, self.levels, self.roots, self.rotated = pack, [], {}, []
        wanted = sorted(set(sizes))
        if wanted and wanted[0] == 0:
            self.roots[0] = sha256(b"")
        for first in range(0, size, FULL):
            width = min(FULL, size - first)
            name = tile_path("entries", first // FULL, width)
            leaves = leaves_of(pack.read(name), name, width, self.rotated)
            for one in wanted:
                if first < one <= first + width:
                    self.roots[one] = self.root(leaves[: one - first])
            if width == FULL:
                self.push(0, first // FULL, leaves)
            else:
                self.tile(0, first // FULL, leaves)
        for below, level in enumerate(self.levels):
            if level:
                self.tile(below + 1, size // FULL ** (below + 2), level)

    def root(self, leaves):
        below = leaves
        for level in self.levels:
            below = level + [root_of(below)] if below else level
        return root_of(below)

    def push(self, level, index, hashes):
        self.tile(level, index, hashes)
        if len(self.levels) == level:
            self.levels.append([])
        self.levels[level].append(root_of(hashes))
        if len(self.levels[level]) == FULL:
            whole, self.levels[level] = self.levels[level], []
            self.push(level + 1, index // FULL, whole)

    def tile(self, level, index, hashes):
        name = tile_path(level, index, len(hashes))
        told = self.pack.read(name)
        if told == b"".join(hashes):
            return
        must(level == 0, f"{name} does not hold the hashes of the tiles below it")
        pieces = (told[at * HASH : (at + 1) * HASH] for at in range(len(hashes)))
        at = next((at for at, piece in enumerate(pieces) if piece != hashes[at]), 0)
        raise Differs(
            f"entry {index * FULL + at} does not have the hash that {name} says: one of the two was changed"
        )


# The command line


def tell(word, line):
    print(f"{word:8} {line}")


def check_pack(path, trust, given):
    pack, fits = Pack(path), True
    policy = read_policy(pack.read("trust-policy") if trust is None else trust)
    newest = read_checkpoint(pack.read("checkpoint"))
    size = newest["size"]

    def attempt(what, check):
        nonlocal fits
        try:
            tell("fits", check())
        except (Differs, *MISFORMED) as error:
            tell("DIFFERS", f"{what}: {why_differs(error)}")
            fits = False

    attempt("checkpoint", lambda: f"checkpoint of {size} entries, {accepted(newest, policy)}")
    if not fits:
        # How many entries there are to be says the checkpoint alone: nothing is read on the word of one not believed.
        return False
    older = [(name, pack.read(name), True) for name in pack.names if name.startswith("checkpoints/")]
    kept = []
    for name, data, own in older + [(name, data, False) for name, data in given]:
        try:
            kept.append((name, read_checkpoint(data), own))
        except Differs as error:
            tell("DIFFERS", f"{name}: {error}")
            fits = False
    roots, rotated, changes = None, [], []

    def entries():
        nonlocal roots, rotated
        walk = Walk(pack, size, [size] + [one["size"] for _, one, _ in kept])
        must(walk.roots[size] == newest["root"], "the root over them is not the one that was signed")
        rotated = [record for record in walk.rotated if json.loads(record)["kind"] == "key_rotated"]
        sizes = {json.loads(record)["data"]["size"] for record in rotated}
        if not sizes <= walk.roots.keys():
            walk.roots.update(Walk(pack, size, sizes).roots)
        roots = walk.roots
        return f"{size} entries, hashed again: the tiles and the root of the checkpoint are theirs"

    def key_changed(record):
        changes.append(key_change(record, roots, changes))
        accepted(newest, in_force(policy, changes, size))
        return f"entry {changes[-1][0]}: the key was changed, signed by the old key and the new one"

    def older_one(name, one, own):
        vouched = accepted(one, in_force(policy, changes, one["size"]), own)
        must(
            one["size"] <= size,
            f"it is of {one['size']} entries, and the pack has {size}: entries were taken away",
        )
        must(roots is not None, "it cannot be compared, because the entries do not fit")
        must(
            roots[one["size"]] == one["root"],
            f"the first {one['size']} entries are not those that were signed: what was recorded before was changed,"
            " removed, added to or put in another order",
        )
        return f"{name} of {one['size']} entries, {vouched}"

    def report(name):
        certificate = read_certificate(pack.read(name[: -len("json")] + "certificate"))
        list(check_certificate(certificate, pack.read(name)))
        accepted(certificate["receipt"]["checkpoint"], policy)
        return f"{name}: issued as {certificate['number']}, entry {certificate['receipt']['index']}"

    attempt("entries", entries)
    for record in rotated:
        attempt("key", lambda: key_changed(record))
    for name, one, own in kept:
        attempt(name, lambda: older_one(name, one, own))
    for name in pack.names:
        if name.startswith("reports/") and name.endswith(".json"):
            attempt(name, lambda: report(name))
    return fits


def check_one(what, first, second, trust):
    if trust is None:
        raise Unusable("say with --trust whom to believe")
    policy = read_policy(trust)
    if what == "receipt":
        receipt = read_receipt(text(first))
        check_receipt(receipt, second)
        checkpoint = receipt["checkpoint"]
        tell("fits", f"entry {receipt['index']} of {checkpoint['size']}, {accepted(checkpoint, policy)}")
        return
    certificate = read_certificate(second)
    # A file of a Document ends with a line feed that is not part of it.
    for line in check_certificate(certificate, first[:-1] if first.endswith(b"\n") else first):
        tell("fits", line)
    checkpoint = certificate["receipt"]["checkpoint"]
    tell("fits", f"checkpoint of {checkpoint['size']} entries, {accepted(checkpoint, policy)}")


def load(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}")


def main(words):
    named, given, trust = [], [], None
    words = iter(words)
    for word in words:
        if word in ("--trust", "--checkpoint"):
            path = next(words, None)
            if path is None:
                raise Unusable(__doc__)
            if word == "--trust":
                trust = load(path)
            else:
                given.append((path, load(path)))
        elif word.startswith("-"):
            raise Unusable(__doc__)
        else:
            named.append(word)
    one = named[:1] in (["receipt"], ["report"])
    if len(named) != (3 if one else 1):
        raise Unusable(__doc__)
    if one:
        check_one(named[0], load(named[1]), load(named[2]), trust)
        return 0
    if trust is None:
        tell(
            "note",
            "the public key is taken from the pack itself, so this shows only that the pack agrees with itself;"
            " --trust names the policy you hold",
        )
    fits = check_pack(named[0], trust, given)
    if fits:
        print(
            "Everything fits. What no ledger proves is that an officer recorded everything, or told the truth."
        )
    else:
        print("This is not what was signed. Keep it as it is, and ask whoever holds another copy.")
    return 0 if fits else 1


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except (Differs, *MISFORMED) as error:
        print(f"{'DIFFERS':8} {why_differs(error)}", file=sys.stderr)
        code = 1
    except Unusable as error:
        print(f"{'error':8} {error}", file=sys.stderr)
        code = 2
    sys.exit(code)
