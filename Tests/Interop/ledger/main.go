// Command ledger audits a served log with golang.org/x/mod/sumdb, the code that guards Go's own checksum database.
//
//	ledger VKEY URL [OLD-CHECKPOINT-FILE]
//
// It opens the checkpoint with the verifier key, reads every hash through tiles authenticated against the root,
// proves each record by its index, and proves that an older checkpoint is a prefix. It prints one line a check.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of a tile: 256 hashes

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
	if err := log.records(tree, hashes); err != nil {
		return fmt.Errorf("records: %w", err)
	}
	fmt.Printf("records are included: %d\n", tree.N)
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
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return err
	}
	fmt.Printf("older checkpoint is a prefix: %d of %d\n", old.N, tree.N)
	return nil
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

// records reads every entry bundle and checks each record's inclusion proof.
func (s *served) records(tree tlog.Tree, hashes tlog.HashReader) error {
	for index := int64(0); index < tree.N; {
		tile := tlog.Tile{H: height, L: 0, N: index >> height, W: int(min(tree.N-index, 1<<height))}
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
		bundle, err := s.get(path)
		if err != nil {
			return err
		}
		for range tile.W {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s is cut short at entry %d", path, index)
			}
			size := 2 + int(binary.BigEndian.Uint16(bundle))
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(bundle[2:size])); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
			bundle = bundle[size:]
			index++
		}
		if len(bundle) != 0 {
			return fmt.Errorf("%s has %d bytes too many", path, len(bundle))
		}
	}
	return nil
}
