package main

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Plan says when requests are sent and which of them count.
type Plan struct {
	Warm, Length time.Duration
	// Requests due a second; 0 for as fast as answers come.
	Rate float64

	start    time.Time
	due      chan time.Time
	failures atomic.Int64
	first    atomic.Pointer[string]
}

// Report is how the service answered while requests counted.
type Report struct {
	Requests  int64   `json:"requests"`
	Facts     int64   `json:"facts"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"requests_per_s"`
	FactsRate float64 `json:"facts_per_s"`
	P50       float64 `json:"p50_ms"`
	P90       float64 `json:"p90_ms"`
	P99       float64 `json:"p99_ms"`
	Max       float64 `json:"max_ms"`
	Failures  int64   `json:"failures"`
	First     string  `json:"first_failure,omitempty"`
	// All that was sent, and how long that took, the time before requests counted included.
	Sent        int64   `json:"sent"`
	SentSeconds float64 `json:"sent_seconds"`
	Next        int64   `json:"next"`
}

// tally is what one connection saw.
type tally struct {
	latencies []time.Duration
	facts     int64
	sent      int64
	last      time.Time
}

// Run carries the plan out over `connections`, each with requests of its own from `source`.
func (plan *Plan) Run(address string, connections int, source func() Requests) Report {
	opened := make([]*Connection, connections)
	for index := range opened {
		connection, err := Dial(address)
		check(err)
		opened[index] = connection
	}
	tallies := make([]tally, connections)
	plan.start = time.Now()
	if plan.Rate > 0 {
		plan.due = make(chan time.Time, 1<<20)
		go plan.schedule()
	}
	var all sync.WaitGroup
	for index, connection := range opened {
		requests := source()
		all.Go(func() { plan.drive(connection, requests, &tallies[index]) })
	}
	all.Wait()
	return plan.report(tallies)
}

// schedule announces each request at the time it is due.
func (plan *Plan) schedule() {
	defer close(plan.due)
	end := plan.start.Add(plan.Warm + plan.Length)
	for number := 0; ; number++ {
		due := plan.start.Add(time.Duration(float64(number) / plan.Rate * float64(time.Second)))
		if due.After(end) || plan.failures.Load() > 0 {
			return
		}
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		plan.due <- due
	}
}

// drive sends requests over one connection until the plan is over, or any request failed.
func (plan *Plan) drive(connection *Connection, requests Requests, tally *tally) {
	end := plan.start.Add(plan.Warm + plan.Length)
	for plan.failures.Load() == 0 {
		began, ok := plan.turn(end)
		if !ok {
			return
		}
		request, facts := requests.Next()
		if request == nil {
			return
		}
		if err := connection.Exchange(request); err != nil {
			words := err.Error()
			plan.first.CompareAndSwap(nil, &words)
			plan.failures.Add(1)
			return
		}
		now := time.Now()
		tally.sent++
		tally.last = now
		// In an open loop every request that is due counts, however late its answer.
		if counted := now.Sub(plan.start); counted >= plan.Warm && (plan.due != nil || !now.After(end)) {
			tally.latencies = append(tally.latencies, now.Sub(began))
			tally.facts += int64(facts)
		}
	}
}

// turn is when the next request counts from; false when there is none.
func (plan *Plan) turn(end time.Time) (time.Time, bool) {
	if plan.due != nil {
		due, ok := <-plan.due
		return due, ok
	}
	now := time.Now()
	return now, now.Before(end)
}

func (plan *Plan) report(tallies []tally) Report {
	report := Report{Failures: plan.failures.Load()}
	if words := plan.first.Load(); words != nil {
		report.First = *words
	}
	var latencies []time.Duration
	last := plan.start
	for _, tally := range tallies {
		latencies = append(latencies, tally.latencies...)
		report.Facts += tally.facts
		report.Sent += tally.sent
		if tally.last.After(last) {
			last = tally.last
		}
	}
	report.SentSeconds = last.Sub(plan.start).Seconds()
	if len(latencies) == 0 {
		return report
	}
	slices.Sort(latencies)
	at := func(share float64) float64 {
		return float64(latencies[int(share*float64(len(latencies)-1))]) / float64(time.Millisecond)
	}
	report.Requests = int64(len(latencies))
	report.Seconds = report.SentSeconds - plan.Warm.Seconds()
	if plan.due == nil {
		report.Seconds = min(report.Seconds, plan.Length.Seconds())
	}
	report.PerSecond = float64(report.Requests) / report.Seconds
	report.FactsRate = float64(report.Facts) / report.Seconds
	report.P50, report.P90, report.P99, report.Max = at(0.5), at(0.9), at(0.99), at(1)
	return report
}
