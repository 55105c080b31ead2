// Command merkle checks the JSON proofs of a served ledger with transparency-dev's merkle and formats.
//
//	merkle VKEY BASE SEED [CHECKPOINT-FILE…]
//
// The newest checkpoint is read from BASE; inclusion is proved of entries at the edges of tiles and at places drawn
// by SEED, in the newest tree and in that of each older checkpoint; consistency, of every pair of the checkpoints.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

const drawn = 12 // entries a tree, besides those at edges

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: merkle VKEY BASE SEED [CHECKPOINT-FILE…]")
		os.Exit(2)
	}
	seed, err := strconv.ParseUint(os.Args[3], 10, 64)
	if err == nil {
		err = audit(os.Args[1], ledger{os.Args[2]}, rand.New(rand.NewPCG(seed, 0)), os.Args[4:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAILED", err)
		os.Exit(1)
	}
}

func audit(vkey string, served ledger, random *rand.Rand, older []string) error {
	verifier, err := fnote.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("verifier key: %w", err)
	}
	text, err := served.get("/evidence/checkpoint")
	if err != nil {
		return err
	}
	trees := []*log.Checkpoint{}
	for _, path := range older {
		old, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if trees, err = add(trees, old, verifier); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if trees, err = add(trees, text, verifier); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	proved := 0
	for i, tree := range trees {
		for _, index := range sample(tree.Size, random) {
			if err := served.included(index, tree); err != nil {
				return fmt.Errorf("inclusion of %d in %d: %w", index, tree.Size, err)
			}
			proved++
		}
		for _, old := range trees[:i] {
			if err := served.consistent(old, tree); err != nil {
				return fmt.Errorf("consistency of %d and %d: %w", old.Size, tree.Size, err)
			}
			proved++
		}
	}
	fmt.Printf("merkle: %d proofs of %d trees up to size %d\n", proved, len(trees), trees[len(trees)-1].Size)
	return nil
}

func add(trees []*log.Checkpoint, text []byte, verifier note.Verifier) ([]*log.Checkpoint, error) {
	tree, rest, _, err := log.ParseCheckpoint(text, verifier.Name(), verifier)
	if err == nil && len(rest) != 0 {
		err = fmt.Errorf("has extension lines: %q", rest)
	}
	return append(trees, tree), err
}

// sample gives indices below size: the ends, both sides of where tiles end, and some drawn.
func sample(size uint64, random *rand.Rand) []uint64 {
	if size == 0 {
		return nil
	}
	chosen := map[uint64]bool{}
	for _, edge := range []uint64{0, 1, 2, 255, 256, 257, 65535, 65536, 65537, size / 2, size - 1} {
		if edge < size {
			chosen[edge] = true
		}
	}
	for range drawn {
		chosen[random.Uint64N(size)] = true
	}
	indices := []uint64{}
	for index := range chosen {
		indices = append(indices, index)
	}
	return indices
}

// ledger is a service at an address.
type ledger struct{ base string }

func (l ledger) get(path string) ([]byte, error) {
	response, err := http.Get(l.base + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", path, response.Status, body)
	}
	return body, err
}

// hashes reads the proof at path.
func (l ledger) hashes(path string) (proof [][]byte, err error) {
	body, err := l.get(path)
	if err != nil {
		return nil, err
	}
	var answer struct{ Hashes []string }
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	for _, text := range answer.Hashes {
		hash, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		proof = append(proof, hash)
	}
	return proof, nil
}

func (l ledger) included(index uint64, tree *log.Checkpoint) error {
	body, err := l.get(fmt.Sprintf("/v1/ledger/entries/%d", index))
	if err != nil {
		return err
	}
	var answer struct{ Entry string }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	hashes, err := l.hashes(fmt.Sprintf("/v1/ledger/proof/inclusion?index=%d&size=%d", index, tree.Size))
	if err != nil {
		return err
	}
	leaf := rfc6962.DefaultHasher.HashLeaf([]byte(answer.Entry))
	return proof.VerifyInclusion(rfc6962.DefaultHasher, index, tree.Size, leaf, hashes, tree.Hash)
}

func (l ledger) consistent(old, new *log.Checkpoint) error {
	hashes, err := l.hashes(fmt.Sprintf("/v1/ledger/proof/consistency?from=%d&to=%d", old.Size, new.Size))
	if err != nil {
		return err
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, old.Size, new.Size, hashes, old.Hash, new.Hash)
}
