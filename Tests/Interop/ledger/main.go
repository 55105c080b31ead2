// Command ledger audits a served log with golang.org/x/mod/sumdb, the code that guards Go's own checksum database.
//
//	ledger VKEY URL [OLD-CHECKPOINT-FILE]
//
// It opens the checkpoint with the verifier key, reads hashes through tiles authenticated against the root, proves each
// record by its index (of a large log those of some bundles), and proves that an older checkpoint is a prefix. It
// prints one line a check.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8  // of a tile: 256 hashes
	few    = 16 // bundles
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: ledger VKEY URL [OLD-CHECKPOINT-FILE]")
		os.Exit(2)
	}
	if err := audit(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "FAILED", err)
		os.Exit(1)
	}
}

func audit(vkey, url string, older []string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("verifier key: %w", err)
	}
	log := &served{url: url, tiles: map[string][]byte{}}
	text, err := log.get("checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(text, verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	fmt.Printf("checkpoint opens: size %d root %v\n", tree.N, tree.Hash)

	hashes := tlog.TileHashReader(tree, log)
	if root, err := tlog.TreeHash(tree.N, hashes); err != nil || root != tree.Hash {
		return fmt.Errorf("tiles: root %v, error %v", root, err)
	}
	fmt.Println("tiles give the root")
	proved, err := log.records(tree, hashes)
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	fmt.Printf("records are included: %d of %d\n", proved, tree.N)
	for _, path := range older {
		if err := prefix(path, verifier, tree, hashes); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// open gives the tree that a checkpoint signs: origin, size and root on its first three lines.
func open(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("origin is not the key's name")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// prefix checks that the checkpoint kept in a file is an earlier state of the same log.
func prefix(path string, verifier note.Verifier, tree tlog.Tree, hashes tlog.HashReader) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	old, err := open(text, verifier)
	if err != nil {
		return err
	}
	if err := continues(tree, old, hashes); err != nil {
		return err
	}
	fmt.Printf("older checkpoint is a prefix: %d of %d\n", old.N, tree.N)
	return nil
}

// continues proves that tree begins with old; with the empty one, for which sumdb knows no proof, every tree does.
func continues(tree, old tlog.Tree, hashes tlog.HashReader) error {
	if old.N == 0 {
		if empty, err := tlog.TreeHash(0, hashes); err != nil || empty != old.Hash {
			return fmt.Errorf("the empty tree's root is %v, error %v", empty, err)
		}
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

// served is a log at an address, read as C2SP tlog-tiles lays it out, with the tiles that proved right.
type served struct {
	url   string
	tiles map[string][]byte
}

func (s *served) get(path string) ([]byte, error) {
	response, err := http.Get(s.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}

// Height is part of tlog.TileReader.
func (s *served) Height() int { return height }

// SaveTiles is part of tlog.TileReader: it is given what was found to belong to the tree.
func (s *served) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		s.tiles[tile.Path()] = data[i]
	}
}

// ReadTiles is part of tlog.TileReader. C2SP paths have no height: tile/0/000 where sumdb has tile/8/0/000.
func (s *served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, known := s.tiles[tile.Path()]
		if !known {
			var err error
			if data, err = s.get(path); err != nil {
				return nil, err
			}
		}
		read = append(read, data)
	}
	return read, nil
}

// records reads entry bundles and checks the inclusion proof of each record in them; it returns how many.
func (s *served) records(tree tlog.Tree, hashes tlog.HashReader) (int, error) {
	proved := 0
	for _, number := range bundles(tree.N) {
		first := number << height
		tile := tlog.Tile{H: height, L: 0, N: number, W: int(min(tree.N-first, 1<<height))}
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
		bundle, err := s.get(path)
		if err != nil {
			return 0, err
		}
		for i := range tile.W {
			if bundle, err = record(bundle, first+int64(i), tree, hashes); err != nil {
				return 0, fmt.Errorf("%s: %w", path, err)
			}
			proved++
		}
		if len(bundle) != 0 {
			return 0, fmt.Errorf("%s has %d bytes too many", path, len(bundle))
		}
	}
	return proved, nil
}

// record proves the first record of a bundle to be at index and returns what follows it.
func record(bundle []byte, index int64, tree tlog.Tree, hashes tlog.HashReader) ([]byte, error) {
	if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
		return nil, fmt.Errorf("cut short at entry %d", index)
	}
	size := 2 + int(binary.BigEndian.Uint16(bundle))
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return nil, err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(bundle[2:size])); err != nil {
		return nil, fmt.Errorf("entry %d: %w", index, err)
	}
	return bundle[size:], nil
}

// bundles gives the numbers of all bundles of a log, of a large one the first, the last, those where a tile of the next
// level ends, and some between, the same for the same size.
func bundles(size int64) []int64 {
	count := (size + 1<<height - 1) >> height
	if count <= 2*few {
		all := make([]int64, count)
		for i := range all {
			all[i] = int64(i)
		}
		return all
	}
	chosen := map[int64]bool{0: true, 1: true, count - 2: true, count - 1: true}
	for edge := int64(1 << height); edge < count; edge += 1 << height {
		chosen[edge-1], chosen[edge] = true, true
	}
	random := rand.New(rand.NewPCG(uint64(size), 0))
	for range few {
		chosen[random.Int64N(count)] = true
	}
	return slices.Sorted(maps.Keys(chosen))
}
