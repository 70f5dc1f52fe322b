"""Makes an audit pack that was tampered with, of one that was not.

  python3 tamper.py HOW PACK TO [KEY]

HOW is one of the cases below. KEY is the file `key` of a ledger whose key lies open: with it the forger signs anew.
"""

import base64
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "verifier"))
sys.dont_write_bytecode = True
import verify  # noqa: E402


class Forged:
    """A pack whose entries can be changed; everything that follows from them is made anew."""

    def __init__(self, folder):
        self.folder = folder
        self.checkpoint = verify.read_checkpoint((folder / "checkpoint").read_bytes())
        self.entries = []
        size = self.checkpoint["size"]
        for first in range(0, size, 256):
            width = min(256, size - first)
            bundle = (folder / verify.tile_path("entries", first // 256, width)).read_bytes()
            while bundle:
                end = 2 + int.from_bytes(bundle[:2], "big")
                self.entries.append(bundle[2:end])
                bundle = bundle[end:]

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def lay_out(self):
        """Bundles and tiles as they have to be for these entries, without what was signed before. Gives the root."""
        for told in ("tile", "checkpoints", "reports"):
            shutil.rmtree(self.folder / told, ignore_errors=True)
        for first in range(0, len(self.entries), 256):
            some = self.entries[first : first + 256]
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in some)
            self.write(verify.tile_path("entries", first // 256, len(some)), bundle)
        row, level = [verify.leaf_hash(entry) for entry in self.entries], 0
        root = verify.root_of(row)
        while row:
            for first in range(0, len(row), 256):
                some = row[first : first + 256]
                self.write(verify.tile_path(level, first // 256, len(some)), b"".join(some))
            row = [verify.root_of(row[first : first + 256]) for first in range(0, len(row) - 255, 256)]
            level += 1
        return root

    def number(self):
        """Gives every entry the position it stands at."""
        for at, entry in enumerate(self.entries):
            told = json.loads(entry)
            told["batch"]["first"] += at - told["seq"]
            told["seq"] = at
            self.entries[at] = json.dumps(
                told, ensure_ascii=False, separators=(",", ":"), sort_keys=True
            ).encode()

    def sign(self, key):
        """Signs what is there now, as the ledger would."""
        root = base64.b64encode(self.lay_out()).decode()
        text = f"{key.name}\n{len(self.entries)}\n{root}\n"
        note = f"{text}\n\u2014 {key.name} {key.signature(text)}\n".encode()
        self.write("checkpoint", note)
        self.write(f"checkpoints/{len(self.entries):020}", note)

    def rotate(self, old, new):
        """Records that the key was changed, behind what the old one signed last."""
        told = json.loads(self.entries[-1])
        data = {"size": len(self.entries), "root": base64.b64encode(self.checkpoint["root"]).decode()}
        data.update(old_key=old.public, new_key=new.public, reason="yearly rotation")
        text = f"dealtrail key rotation v1\norigin {old.name}\nsize {data['size']}\nroot {data['root']}\n"
        text += f"old {old.public}\nnew {new.public}\n"
        data.update(old_signature=old.signature(text), new_signature=new.signature(text))
        told.update(kind="key_rotated", data=data)
        self.entries.append(json.dumps(told).encode())
        self.number()


class Key:
    """A key that a forger has whole."""

    def __init__(self, name, seed):
        self.name, self.seed = name, seed
        digest = verify.hashlib.sha512(seed).digest()
        scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
        self.point = packed(verify.times(scalar, verify.BASE))
        typed = b"\x01" + self.point
        self.id = verify.sha256(name.encode() + b"\n" + typed)[:4]
        self.public = f"{name}+{self.id.hex()}+{base64.b64encode(typed).decode()}"

    @staticmethod
    def of(path):
        told = json.loads(path.read_text())
        return Key(told["key"].split("+")[0], base64.b64decode(told["secret"]["seed"]))

    def signature(self, text):
        return base64.b64encode(self.id + sign(self.seed, self.point, text.encode())).decode()


def sign(seed, public, message):
    """Ed25519 (RFC 8032 section 5.1.6)."""
    digest = verify.hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    hashed = lambda data: int.from_bytes(verify.hashlib.sha512(data).digest(), "little") % verify.ORDER
    chosen = hashed(digest[32:] + message)
    sent = packed(verify.times(chosen, verify.BASE))
    answer = (chosen + hashed(sent + public + message) * scalar) % verify.ORDER
    return sent + answer.to_bytes(32, "little")


def packed(point):
    inverse = pow(point[2], verify.P - 2, verify.P)
    x, y = point[0] * inverse % verify.P, point[1] * inverse % verify.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def one(folder, pattern):
    """The first full tile or bundle there is."""
    return sorted(path for path in folder.glob(pattern) if path.is_file())[0]


def middle(forged):
    return len(forged.entries) // 2


def tamper(how, folder, key):
    forged = Forged(folder)
    at = middle(forged)
    if how == "record-byte":
        flip(one(folder, "tile/entries/*"), 1234)
    elif how == "record-byte-and-tiles":
        entry = bytearray(forged.entries[at])
        entry[entry.index(b'"data":') + 10] ^= 1
        forged.entries[at] = bytes(entry)
        forged.lay_out()
    elif how == "tile-byte":
        flip(one(folder, "tile/0/*"), 1234)
    elif how == "upper-tile-byte":
        flip(one(folder, "tile/1/*.p/*"), 33)
    elif how == "checkpoint-root":
        text = (folder / "checkpoint").read_text().split("\n")
        text[2] = base64.b64encode(verify.sha256(b"another root")).decode()
        (folder / "checkpoint").write_text("\n".join(text))
    elif how == "checkpoint-size":
        text = (folder / "checkpoint").read_text().split("\n")
        text[1] = str(int(text[1]) - 1)
        (folder / "checkpoint").write_text("\n".join(text))
    elif how == "checkpoint-signature":
        lines = (folder / "checkpoint").read_text().split("\n")
        name, line = lines[4].rsplit(" ", 1)
        signature = bytearray(base64.b64decode(line))
        signature[20] ^= 1
        lines[4] = f"{name} {base64.b64encode(signature).decode()}"
        (folder / "checkpoint").write_text("\n".join(lines))
    elif how == "record-removed":
        del forged.entries[at]
        forged.entries.append(forged.entries[-1])
        forged.lay_out()
    elif how == "record-inserted":
        forged.entries.insert(at, forged.entries[at])
        forged.entries.pop()
        forged.lay_out()
    elif how == "records-swapped":
        forged.entries[at], forged.entries[at + 1] = forged.entries[at + 1], forged.entries[at]
        forged.lay_out()
    elif how == "rewritten-and-signed":
        del forged.entries[at]
        forged.number()
        forged.sign(key)
    elif how == "cut-and-signed":
        del forged.entries[at:]
        forged.sign(key)
    elif how.startswith("rotated"):
        own = {path.name: path.read_bytes() for path in (folder / "checkpoints").iterdir()}
        new = Key(key.name, bytes([9]) * 32)
        forged.rotate(
            key, new if how != "rotated-by-nobody" else Key("someone.example/else", bytes([9]) * 32)
        )
        if how == "rotated-unproved":
            forged.entries[-1] = (
                forged.entries[-1].replace(b"yearly", b"weekly").replace(b'"size":', b'"size":1')
            )
        forged.sign(key if how == "rotated-and-signed-by-the-old-key" else new)
        for name, note in own.items():
            forged.write(f"checkpoints/{name}", note)
        forged.write("trust-policy", f"log {new.public}\nquorum none\n".encode())
    elif how == "report":
        path = one(folder, "reports/*.json")
        path.write_bytes(path.read_bytes().replace(b'"complete":true', b'"complete":false'))
    elif how == "certificate":
        path = one(folder, "reports/*.certificate")
        text = path.read_text()
        path.write_text(text.replace('"actor":{"id":"u:', '"actor":{"id":"u:x'))
    elif how == "certificate-misformed":
        path = one(folder, "reports/*.certificate")
        path.write_text(
            path.read_text().replace('"manifest":{', '"manifest":[{').replace('},"number"', '}],"number"')
        )
    elif how == "tile-missing":
        one(folder, "tile/0/*").unlink()
    else:
        raise SystemExit(f"there is no case {how}")


def main():
    how, pack, to = sys.argv[1:4]
    key = Key.of(pathlib.Path(sys.argv[4])) if len(sys.argv) > 4 else None
    shutil.copytree(pack, to)
    before = {path: path.read_bytes() for path in pathlib.Path(pack).rglob("*") if path.is_file()}
    tamper(how, pathlib.Path(to), key)
    after = {path: path.read_bytes() for path in pathlib.Path(to).rglob("*") if path.is_file()}
    if sorted(before.values()) == sorted(after.values()):
        raise SystemExit(f"{how} changed nothing")


if __name__ == "__main__":
    main()
