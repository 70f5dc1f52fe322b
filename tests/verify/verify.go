// Checks an audit pack with other people's code: the tree and the notes of Go's checksum database.
//
//	verify PACK POLICY [CHECKPOINT...]    a folder, the trust policy, checkpoints kept elsewhere
//	verify receipt FILE RECORD POLICY
//
// Ends with 0 when everything fits, with 1 when something does not, and with 2 when it could not be checked.
// Debian: golang-go and golang-golang-x-mod-dev; GO111MODULE=off GOPATH=/usr/share/gocode.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, full = 8, 256

// What was shown does not hold.
type differs struct{ why string }

func (d differs) Error() string { return d.why }

func differ(format string, values ...any) error { return differs{fmt.Sprintf(format, values...)} }

// pack reads tiles of a folder. Only the form of the path differs: tile/8/L/N is tile/L/N here.
type pack struct{ dir string }

func (p pack) Height() int                         { return height }
func (p pack) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (p pack) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(p.dir, path))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, differ("%s does not hold %d hashes", path, tile.W)
		}
		all = append(all, data)
	}
	return all, nil
}

// policy gives the keys of the ledgers that a trust policy names.
func policy(path string) (note.Verifiers, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var known []note.Verifier
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		if len(words) >= 2 && words[0] == "log" {
			key, err := note.NewVerifier(words[1])
			if err != nil {
				return nil, err
			}
			known = append(known, key)
		}
	}
	return note.VerifierList(known...), nil
}

// checkpoint reads the signed head of a ledger; its name is that of the key that signed it.
func checkpoint(data []byte, known note.Verifiers) (tlog.Tree, error) {
	opened, err := note.Open(data, known)
	if err != nil {
		return tlog.Tree{}, differ("the note is not signed by a known key: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != opened.Sigs[0].Name {
		return tlog.Tree{}, differ("the note is not a checkpoint of the key's own ledger")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, differ("%q is not a size", lines[1])
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, differ("%q is not a root", lines[2])
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

func entries(data []byte, width int64) ([][]byte, error) {
	var found [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil, differ("a bundle is cut")
		}
		found = append(found, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) != 0 || int64(len(found)) != width {
		return nil, differ("a bundle holds %d entries, and its name says %d", len(found), width)
	}
	return found, nil
}

// records hashes every entry again and holds it to the tiles, and those to the root that was signed.
func records(p pack, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += full {
		width := tree.N - first
		if width > full {
			width = full
		}
		tile := tlog.Tile{H: height, L: 0, N: first / full, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(p.dir, path))
		if err != nil {
			return err
		}
		found, err := entries(data, width)
		if err != nil {
			return err
		}
		var indexes []int64
		for at := range found {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(at)))
		}
		signed, err := hashes.ReadHashes(indexes)
		if err != nil {
			return tiles(err)
		}
		for at, record := range found {
			if tlog.RecordHash(record) != signed[at] {
				return differ("entry %d is not the one that was signed", first+int64(at))
			}
		}
	}
	return nil
}

// tiles tells a tile that is missing from one that does not lead to the root.
func tiles(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return err
	}
	return differ("the tiles do not lead to the root that was signed: %v", err)
}

func checkPack(dir, trust string, kept []string) error {
	known, err := policy(trust)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := checkpoint(data, known)
	if err != nil {
		return err
	}
	p := pack{dir}
	hashes := tlog.TileHashReader(tree, p)
	if err := records(p, tree, hashes); err != nil {
		return err
	}
	own, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*"))
	if err != nil {
		return err
	}
	for _, path := range append(own, kept...) {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		old, err := checkpoint(data, known)
		if err != nil {
			return differ("%s: %v", path, err)
		}
		if old.N > tree.N {
			return differ("%s is of %d entries, and the pack has %d", path, old.N, tree.N)
		}
		if old.N == 0 {
			continue
		}
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		if err != nil {
			return tiles(err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			return differ("%s is not of the beginning of this ledger: %v", path, err)
		}
	}
	fmt.Printf("fits: %d entries, %d checkpoints\n", tree.N, 1+len(own)+len(kept))
	return nil
}

func checkReceipt(file, record, trust string) error {
	known, err := policy(trust)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(record)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return differ("this is not a receipt")
	}
	tree, err := checkpoint([]byte(signed), known)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return differ("the receipt does not say which entry it is about")
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		bytes, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(bytes) != tlog.HashSize {
			return differ("%q is not a hash", line)
		}
		proof = append(proof, *(*tlog.Hash)(bytes))
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(data)); err != nil {
		return differ("%v", err)
	}
	fmt.Printf("fits: entry %d of %d\n", index, tree.N)
	return nil
}

func main() {
	words := os.Args[1:]
	err := errors.New("usage: verify PACK POLICY [CHECKPOINT...] | verify receipt FILE RECORD POLICY")
	switch {
	case len(words) == 4 && words[0] == "receipt":
		err = checkReceipt(words[1], words[2], words[3])
	case len(words) >= 2 && words[0] != "receipt":
		err = checkPack(words[0], words[1], words[2:])
	}
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.As(err, &differs{}) {
		os.Exit(1)
	}
	os.Exit(2)
}
