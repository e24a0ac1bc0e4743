package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"creek.dev/creek/trainer/online"
)

// notAsked stands where only kept answers were wanted, and there is none.
const notAsked = "the peer was not asked yet"

// runTable makes the page.
func runTable(ctx context.Context, o options, log io.Writer) error {
	p, err := newPeers(o, log)
	if err != nil {
		return err
	}
	data := newTables(p.work)
	var results []*result
	var requests []request
	for _, g := range groups {
		for _, c := range g.cases() {
			if o.quick && c.slow || !o.only.MatchString(c.name()) {
				continue
			}
			t, err := data.get(c.data)
			if err != nil {
				return err
			}
			asked := c.requests(t)
			r := &result{testCase: c}
			results = append(results, r)
			if o.offline && !p.cache.hasAll(asked) {
				r.problem, r.rowsSeen = notAsked, t.limit(c.rows)
				continue
			}
			requests = append(requests, asked...)
		}
	}
	if o.fresh {
		if err := p.cache.forget(requests); err != nil {
			return fmt.Errorf("forget what peers came to: %w", err)
		}
	}
	if err := p.fetch(ctx, requests); err != nil {
		return err
	}
	failed := 0
	for _, r := range results {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.problem == "" {
			r.compute(p.cache, data)
			fmt.Fprintf(log, "%s: %s%s\n", r.name(), r.verdict, r.problem)
		}
	}
	ofAnotherPeer(results)
	for _, r := range results {
		if r.excuse(); r.failed {
			failed++
			fmt.Fprintf(log, "FAILED: %s: %s%s\n", r.name(), r.verdict, r.problem)
		}
	}
	if o.output != "-" && o.only.String() == "" && !o.quick {
		if err := os.WriteFile(o.output, page(results), 0o644); err != nil {
			return fmt.Errorf("write the page: %w", err)
		}
	} else {
		fmt.Fprintf(log, "%s", page(results))
	}
	if failed > 0 {
		return fmt.Errorf("%w: %d of %d", errDiffers, failed, len(results))
	}
	return nil
}

// requests are what the peer is asked for a case, a request for each seed.
func (c testCase) requests(t *table) []request {
	requests := make([]request, 0, c.peerSeeds())
	for seed := range c.peerSeeds() {
		r := request{
			Peer: c.peer, Kind: "learner", Expression: c.expression, Task: c.taskName(), Target: t.target, Classes: t.classes,
			Nominal: t.nominal, Rows: c.rows, Gaps: c.gaps, Digest: t.digest, Data: t.path,
		}
		if c.kind == seeded {
			r.Seed = uint64(seed) + 1
		}
		if c.peerKind != "" {
			r.Kind, r.Measures = c.peerKind, c.measures
		}
		if c.peer == river && r.Kind != "metrics" && (c.kind == exact || c.taskName() == online.TaskAnomalyDetection) {
			r.Output = "values"
		}
		requests = append(requests, r)
	}
	return requests
}

// compute runs Creek's side, and compares it with what the peer came to.
func (r *result) compute(kept cache, data *tables) {
	t, err := data.get(r.data)
	if err != nil {
		r.problem = err.Error()
		return
	}
	r.rowsSeen = t.limit(r.rows)
	name, _ := r.figureName()
	own, problem := r.runOwn(t, name)
	var peer outcome
	for _, q := range r.requests(t) {
		a, ok := kept.get(q, q.Output != "")
		if !ok {
			r.problem = "the peer gave no answer"
			r.failed = true
			return
		}
		peer = outcome{figures: a.Figures, values: a.values, counted: a.Counted}
		if r.taskName() == online.TaskAnomalyDetection && r.peerKind == "" {
			peer = measure(r.taskName(), t, a.values, 1)
		}
		r.peer = append(r.peer, peer.figures[name])
		r.taken = max(r.taken, a.Taken)
	}
	r.peerMean, r.peerSD = spread(r.peer)
	if problem != nil {
		r.problem = problem.Error()
		if errors.Is(problem, errNotBuilt) {
			r.problem = errNotBuilt.Error()
		}
		r.failed = !errors.Is(problem, errNotBuilt)
		return
	}
	peer.width = own.width
	r.judge(peer, own)
}

// runOwn runs Creek's side with every seed and returns what the last came to.
func (r *result) runOwn(t *table, name string) (outcome, error) {
	var last outcome
	for seed := range r.ownSeeds() {
		o, err := creek(r.testCase, t, uint64(seed)+1)
		if err != nil {
			return o, err
		}
		r.own = append(r.own, o.figures[name])
		last = o
	}
	return last, nil
}

// groups are all cases in the order of the page.
var groups = slices.Concat(linearGroups, bayesGroups, treeGroups, ensembleGroups, regressionGroups, otherGroups)
