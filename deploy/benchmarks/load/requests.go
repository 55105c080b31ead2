package main

import (
	"fmt"
	"math/rand"
	"strings"
	"sync/atomic"
)

// Requests makes the requests of one connection, one after the other.
type Requests interface {
	// Next is the bytes to send, valid until the next call, and how many facts they hold; nil when there are no more.
	Next() (request []byte, facts int)
}

// Numbers hands out the numbers of facts: each number is a fact of its own.
type Numbers struct {
	First, Count int64
	Again        bool
	taken        atomic.Int64
}

// Take is the first of n numbers in a row, false when all were taken.
func (numbers *Numbers) Take(n int) (int64, bool) {
	start := numbers.taken.Add(int64(n)) - int64(n)
	switch {
	case numbers.Count == 0:
	case numbers.Again:
		start %= numbers.Count
	case start+int64(n) > numbers.Count:
		return 0, false
	}
	return numbers.First + start, true
}

// Next is the number after the last one taken.
func (numbers *Numbers) Next() int64 { return numbers.First + numbers.taken.Load() }

// Facts are requests to record facts: a text made once, in which the digits of each fact are overwritten.
type Facts struct {
	request []byte
	body    int // where the first line begins
	size    int // bytes of a line without its end
	lines   int
	fields  []field
	numbers *Numbers
}

// field is a run of digits in a fact, and what stands there for a fact's number.
type field struct {
	offset, width int
	value         func(number int64) int64
}

// How many accounts and projects the facts are spread over.
const (
	accounts = 10_000
	projects = 1_000
)

// holes are the marks in the text of a fact, longest first where one begins another.
var holes = []struct {
	mark  string
	value func(number int64) int64
}{
	{"NNNNNNNNNN", func(number int64) int64 { return number }},
	{"AAAAAA", func(number int64) int64 { return scatter(number) % accounts }},
	{"CCCCCC", func(number int64) int64 { return scatter(number+1<<40) % accounts }},
	{"PPPPPP", func(number int64) int64 { return scatter(number+1<<41) % projects }},
	{"YY", func(number int64) int64 { return 15 + number%9 }},
	{"MM", func(number int64) int64 { return 1 + scatter(number)%12 }},
	{"DD", func(number int64) int64 { return 1 + scatter(number+1<<42)%28 }},
}

// scatter is a number that tells nothing of the order of its argument (splitmix64), not negative.
func scatter(number int64) int64 {
	z := uint64(number)*0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return int64((z ^ z>>31) >> 1)
}

// A review as a relay would tell it; the URL is filled up to the size asked for.
const fact = `{"account":{"id":"7AAAAAA","kind":"user","login":"dev-AAAAAA","platform":"github"},` +
	`"counterparties":[{"account":{"id":"7CCCCCC","kind":"user","login":"dev-CCCCCC","platform":"github"},` +
	`"role":"author"}],"flags":[],"measures":{},` +
	`"object":{"id":"review/NNNNNNNNNN","unit":"change/NNNNNNNNNN","url":"https://forge.example/northwind/p-PPPPPP/"},` +
	`"observed_at":"2026-01-01T00:00:00Z","occurred_at":"20YY-MM-DDT10:00:00Z","outcome":"approved",` +
	`"project":{"id":"9PPPPPP","name":"northwind/p-PPPPPP","platform":"github"},"source":{"adapter":"relay",` +
	`"class":"forge","digest":"00","locator":"relay"},"type":"review_given","v":1}`

// NewFacts makes requests of `lines` facts of `size` bytes each.
func NewFacts(head, address, token string, size, lines int, numbers *Numbers) *Facts {
	line := fact
	if size > len(fact) {
		line = strings.Replace(fact, `/"},"observed_at"`, `/`+strings.Repeat("x", size-len(fact))+`"},"observed_at"`, 1)
	}
	body := strings.TrimSuffix(strings.Repeat(line+"\n", lines), "\n")
	text := fmt.Sprintf(
		"%sHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", head, address, token, len(body))
	facts := &Facts{request: []byte(text + body), body: len(text), size: len(line), lines: lines, numbers: numbers}
	for _, hole := range holes {
		for offset := 0; ; {
			at := strings.Index(line[offset:], hole.mark)
			if at < 0 {
				break
			}
			offset += at
			facts.fields = append(facts.fields, field{offset, len(hole.mark), hole.value})
			offset += len(hole.mark)
		}
	}
	return facts
}

// Next puts the digits of the next facts in their places.
func (facts *Facts) Next() ([]byte, int) {
	number, ok := facts.numbers.Take(facts.lines)
	if !ok {
		return nil, 0
	}
	line := facts.request[facts.body:]
	for range facts.lines {
		for _, field := range facts.fields {
			value := field.value(number)
			for place := field.offset + field.width - 1; place >= field.offset; place-- {
				line[place] = byte('0' + value%10)
				value /= 10
			}
		}
		number++
		if len(line) > facts.size {
			line = line[facts.size+1:]
		}
	}
	return facts.request, facts.lines
}

// Gets are requests for paths picked at random; connections share them.
type Gets struct{ requests [][]byte }

// NewGets makes requests for `paths`.
func NewGets(paths []string, address string) *Gets {
	gets := &Gets{}
	for _, path := range paths {
		gets.requests = append(gets.requests, []byte("GET "+path+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"))
	}
	return gets
}

// Next is the request for one of the paths.
func (gets *Gets) Next() ([]byte, int) { return gets.requests[rand.Intn(len(gets.requests))], 0 }
