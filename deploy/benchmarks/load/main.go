// load sends requests to a Standing service on loopback and says how it answered, as one line of JSON.
//
//	load one   -address HOST:PORT -token KEY [-rate R] [-wait published]   a fact a request
//	load batch -address HOST:PORT -token KEY -lines L                      L facts a request
//	load get   -address HOST:PORT -paths FILE                              a line of FILE at random
//
// All take -connections N, -seconds S and -warm S.
//
// Without -rate each connection sends its next request when the last one is answered (a closed loop). With it,
// requests are due at fixed times and their latency counts from then, whether or not a connection was free (an open
// loop). It shares the cores with what it measures, so it is frugal: one thread, requests patched in place, answers
// scanned for their status and length alone. Any answer but 2xx is a failure, and the first one ends the run with
// status 1.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) < 2 {
		fail("usage: load one|batch|get [options]; see the top of main.go")
	}
	options := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	address := options.String("address", "", "host and port of the service")
	token := options.String("token", "", "API key")
	connections := options.Int("connections", 64, "connections kept open")
	seconds := options.Float64("seconds", 10, "how long requests count")
	warm := options.Float64("warm", 2, "how long they are sent before that")
	rate := options.Float64("rate", 0, "requests a second that are due; as fast as answers come without it")
	wait := options.String("wait", "integrated", "what is waited for: sequenced, integrated, published")
	lines := options.Int("lines", 1000, "facts in a batch")
	size := options.Int("size", 1024, "bytes of a fact's document")
	first := options.Int64("first", 0, "number of the first fact")
	count := options.Int64("count", 0, "facts sent before the run ends, or, with -again, starts over; no end without it")
	again := options.Bool("again", false, "send the same facts over and over")
	paths := options.String("paths", "", "file of paths, one a line")
	options.Parse(os.Args[2:])

	plan := &Plan{Warm: duration(*warm), Length: duration(*seconds), Rate: *rate}
	numbers := &Numbers{First: *first, Count: *count, Again: *again}
	var source func() Requests
	switch os.Args[1] {
	case "one":
		head := fmt.Sprintf("POST /v1/evidence?wait=%s HTTP/1.1\r\nContent-Type: application/json\r\n", *wait)
		source = func() Requests { return NewFacts(head, *address, *token, *size, 1, numbers) }
	case "batch":
		head := fmt.Sprintf("POST /v1/evidence:batch?wait=%s HTTP/1.1\r\nContent-Type: application/x-ndjson\r\n", *wait)
		source = func() Requests { return NewFacts(head, *address, *token, *size, *lines, numbers) }
	case "get":
		text, err := os.ReadFile(*paths)
		check(err)
		gets := NewGets(strings.Fields(string(text)), *address)
		source = func() Requests { return gets }
	default:
		fail("load knows one, batch and get, not " + os.Args[1])
	}
	report := plan.Run(*address, *connections, source)
	report.Next = numbers.Next()
	check(json.NewEncoder(os.Stdout).Encode(report))
	if report.Failures > 0 {
		os.Exit(1)
	}
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(words string) {
	fmt.Fprintln(os.Stderr, "load: "+words)
	os.Exit(2)
}
