// Command fsck has Tessera's fsck read a whole served log: every bundle, every tile, the root they give.
//
//	fsck VKEY URL
//
// Tessera's own command of that name ends with 0 whatever it found, so this one says it with its exit status.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"k8s.io/klog/v2"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: fsck VKEY URL")
		os.Exit(2)
	}
	quiet()
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "FAILED", err)
		os.Exit(1)
	}
}

// quiet keeps what klog would print of every retry to what is fatal.
func quiet() {
	flags := flag.NewFlagSet("klog", flag.PanicOnError)
	klog.InitFlags(flags)
	flags.Set("stderrthreshold", "FATAL")
	flags.Set("logtostderr", "false")
	flags.Set("alsologtostderr", "false")
	klog.SetOutput(discard{})
}

type discard struct{}

func (discard) Write(text []byte) (int, error) { return len(text), nil }

func check(vkey, address string) error {
	verifier, err := fnote.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("verifier key: %w", err)
	}
	root, err := url.Parse(strings.TrimSuffix(address, "/") + "/")
	if err != nil {
		return err
	}
	source, err := client.NewHTTPFetcher(root, &http.Client{Timeout: 30 * time.Second})
	if err != nil {
		return err
	}
	counted := &counting{HTTPFetcher: source}
	whole := fsck.New(verifier.Name(), verifier, counted, leafHashes, fsck.Opts{N: 4})
	if err := whole.Check(context.Background()); err != nil {
		return err
	}
	fmt.Printf("fsck: size %s\n", counted.size)
	return nil
}

// counting remembers the size that the checkpoint read by fsck states.
type counting struct {
	*client.HTTPFetcher
	size string
}

// ReadCheckpoint is part of fsck.Fetcher.
func (c *counting) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	text, err := c.HTTPFetcher.ReadCheckpoint(ctx)
	if lines := strings.SplitN(string(text), "\n", 3); err == nil && len(lines) == 3 {
		c.size = lines[1]
	}
	return text, err
}

func leafHashes(bundle []byte) ([][]byte, error) {
	entries := &api.EntryBundle{}
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
