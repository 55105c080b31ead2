// Command torchwood reads a ledger with Filippo Valsorda's torchwood, the library under Go's own tlog clients.
//
//	torchwood proof POLICY-FILE PROOF-FILE ENTRY-FILE    is the tlog-proof good under the tlog-policy?
//	torchwood entries VKEY URL                           every entry, each proved
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 5 && os.Args[1] == "proof":
		err = proof(os.Args[2], os.Args[3], os.Args[4])
	case len(os.Args) == 4 && os.Args[1] == "entries":
		err = entries(context.Background(), os.Args[2], os.Args[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: torchwood proof POLICY-FILE PROOF-FILE ENTRY-FILE | entries VKEY URL")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAILED", err)
		os.Exit(1)
	}
}

// proof tells an unsatisfied policy from a proof of something else: the policy is named in the first.
func proof(policyFile, proofFile, entryFile string) error {
	var files [3][]byte
	for i, path := range []string{policyFile, proofFile, entryFile} {
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			return err
		}
	}
	policy, err := torchwood.ParsePolicy(files[0])
	if err != nil {
		return fmt.Errorf("policy file: %w", err)
	}
	err = torchwood.VerifyProof(policy, tlog.RecordHash(files[2]), files[1])
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return fmt.Errorf("policy not satisfied: %w", err)
	}
	return err
}

func entries(ctx context.Context, vkey, url string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	fetcher, err := torchwood.NewTileFetcher(url)
	if err != nil {
		return err
	}
	text, err := fetcher.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	policy := torchwood.ThresholdPolicy(
		2, torchwood.OriginPolicy(verifier.Name()), torchwood.SingleVerifierPolicy(verifier))
	checkpoint, _, err := torchwood.VerifyCheckpoint(text, policy)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		return err
	}
	next := int64(0)
	for index := range client.AllEntries(ctx, checkpoint.Tree, 0) {
		if index != next {
			return fmt.Errorf("entry %d where %d was to come", index, next)
		}
		next++
	}
	if err := client.Err(); err != nil {
		return err
	}
	if next != checkpoint.N {
		return fmt.Errorf("%d entries, the checkpoint says %d", next, checkpoint.N)
	}
	fmt.Printf("torchwood: %d entries\n", next)
	return nil
}
