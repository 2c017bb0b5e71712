// Command readback reads a log with Go's own golang.org/x/mod/sumdb packages and no code of the project.
//
//	readback FOLDER VERIFIER-KEY CHECKPOINT-FILE...
//
// The checkpoints, named below FOLDER, are of growing sizes from 1 on. Of each it verifies the signature, recomputes the root
// from the tiles, hashes the entries of every bundle and compares them with the tiles, and checks inclusion proofs of its own
// making; between neighbours it checks consistency. It then checks the proofs in FOLDER/proofs.json, which another program made.
// Prints the number of things it checked; the first that does not hold ends it with exit code 1.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// folder is a tlog.TileReader over a directory in the layout of C2SP tlog-tiles.
type folder string

// read returns a tile or bundle; the C2SP path is Go's without the height, and bundles are "entries".
func (f folder) read(t tlog.Tile) ([]byte, error) {
	path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	return os.ReadFile(filepath.Join(string(f), path))
}

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if data[i], err = f.read(t); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// checkpoint opens a signed note and returns the tree it speaks of.
func (f folder) checkpoint(name string, key note.Verifier) tlog.Tree {
	raw, err := os.ReadFile(filepath.Join(string(f), name))
	must(err)
	opened, err := note.Open(raw, note.VerifierList(key))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		log.Fatalf("%s: not origin, size and root", name)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// leaves reads every bundle of the tree and returns the leaf hashes of its entries.
func (f folder) leaves(size int64) []tlog.Hash {
	var found []tlog.Hash
	for n := int64(0); n<<height < size; n++ {
		width := size - n<<height
		if width > 1<<height {
			width = 1 << height
		}
		data, err := f.read(tlog.Tile{H: height, L: -1, N: n, W: int(width)})
		must(err)
		for ; len(data) > 2; width-- {
			length := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+length {
				log.Fatalf("bundle %d: cut off within an entry", n)
			}
			found = append(found, tlog.RecordHash(data[2:2+length]))
			data = data[2+length:]
		}
		if width != 0 || len(data) != 0 {
			log.Fatalf("bundle %d: another number of entries", n)
		}
	}
	return found
}

// check compares one tree with its tiles and bundles, and returns how many hashes and proofs held.
func (f folder) check(tree tlog.Tree) int {
	reader := tlog.TileHashReader(tree, f)
	root, err := tlog.TreeHash(tree.N, reader)
	must(err)
	if root != tree.Hash {
		log.Fatalf("size %d: another root", tree.N)
	}
	leaves := f.leaves(tree.N)
	indexes := make([]int64, tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	hashes, err := reader.ReadHashes(indexes)
	must(err)
	for i, hash := range hashes {
		if hash != leaves[i] {
			log.Fatalf("size %d: entry %d is not what the tile says", tree.N, i)
		}
	}
	proofs := map[int64]bool{0: true, tree.N / 2: true, tree.N / 3: true, tree.N - 1: true}
	for index := range proofs {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaves[index]))
	}
	return len(hashes) + len(proofs)
}

// given is what FOLDER/proofs.json holds: proofs between the checkpoints' sizes, hashes in base64.
type given struct {
	Inclusion []struct {
		Index, Size int64
		Leaf        string
		Proof       []string
	}
	Consistency []struct {
		Old, New int64
		Proof    []string
	}
}

func (f folder) checkGiven(trees map[int64]tlog.Hash) int {
	raw, err := os.ReadFile(filepath.Join(string(f), "proofs.json"))
	must(err)
	var all given
	must(json.Unmarshal(raw, &all))
	for _, p := range all.Inclusion {
		leaf := decode([]string{p.Leaf})[0]
		must(tlog.CheckRecord(decode(p.Proof), p.Size, trees[p.Size], p.Index, leaf))
	}
	for _, p := range all.Consistency {
		must(tlog.CheckTree(decode(p.Proof), p.New, trees[p.New], p.Old, trees[p.Old]))
	}
	return len(all.Inclusion) + len(all.Consistency)
}

func decode(lines []string) []tlog.Hash {
	hashes := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		raw, err := base64.StdEncoding.DecodeString(line)
		must(err)
		copy(hashes[i][:], raw)
	}
	return hashes
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	where := folder(os.Args[1])
	key, err := note.NewVerifier(os.Args[2])
	must(err)
	checked := 0
	trees := map[int64]tlog.Hash{}
	var last tlog.Tree
	for _, name := range os.Args[3:] {
		tree := where.checkpoint(name, key)
		checked += where.check(tree)
		if last.N > 0 {
			proof, err := tlog.ProveTree(tree.N, last.N, tlog.TileHashReader(tree, where))
			must(err)
			must(tlog.CheckTree(proof, tree.N, tree.Hash, last.N, last.Hash))
			checked++
		}
		trees[tree.N] = tree.Hash
		last = tree
	}
	fmt.Println(checked + where.checkGiven(trees))
}
