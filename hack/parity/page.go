package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const intro = `# Parity

What Creek's learners predict, beside River %s, MOA (the jar in capymoa %s) and Vowpal Wabbit %s on the same rows in the same order: each
row is predicted, counted, then learned. ` + "`make parity`" + ` writes this page; it installs the peers, keeps what they came to (here from %s
to %s), and runs Creek's side every time. It fails where a verdict says "differs" or "worse" without a reason.

Deterministic learners are compared row by row: the class, and every probability or number to %.0e. Their rows differ if either does. Of
randomised learners the mean over seeds 1 to the number in brackets is shown, ± the standard deviation of a single seed. Figures are the accuracy, for
regressions the mean absolute error, for detectors of anomalies the area under the ROC curve. "Parameters" are those that are not
Creek's defaults; the peer's side stands as it is written for the peer. Where two peers have a learner, it is enough that Creek's is as
good as one of them on the same rows.

`

// page writes the results as Markdown.
func page(results []*result) []byte {
	var out bytes.Buffer
	first, last := dates(results)
	fmt.Fprintf(&out, intro, versions[river], strings.TrimPrefix(versions[moa], "capymoa-"), versions[vw], first, last, tolerance)
	out.WriteString(summary(results))
	out.WriteString(exceptions(results))
	section := ""
	for i, r := range results {
		if r.section != section {
			section = r.section
			fmt.Fprintf(&out, "\n## %s\n", section)
		}
		if i == 0 || results[i-1].heading() != r.heading() {
			fmt.Fprintf(&out, "\n### %s\n\n", r.heading())
			fmt.Fprintf(&out, "%s%s: `%s`%s\n\n", r.ownText(), r.testCase.peer, r.expression, r.reason())
			out.WriteString("| data | rows | " + r.testCase.peer + " | Creek | rows that differ | largest difference | verdict |\n|---|---|---|---|---|---|---|\n")
		}
		out.WriteString(r.line())
	}
	return out.Bytes()
}

// exceptions are what failed, then what is not as one peer has it, with the reasons.
func exceptions(results []*result) string {
	var failed, reasoned []string
	for _, r := range results {
		switch line := fmt.Sprintf("| %s | %s |\n", r.name(), r.verdict+r.problem); {
		case r.failed:
			failed = append(failed, line)
		case r.excused || r.besides != "":
			reasoned = append(reasoned, line)
		}
	}
	if len(failed)+len(reasoned) == 0 {
		return ""
	}
	lines := "\n## What is not as a peer has it\n\n"
	if len(failed) > 0 {
		lines += fmt.Sprintf("The first %d are failures: nothing explains them yet.\n\n", len(failed))
	}
	return lines + "| case | verdict |\n|---|---|\n" + strings.Join(append(failed, reasoned...), "")
}

func (r *result) heading() string { return r.title + " beside " + r.testCase.peer }

// ownText says what Creek's side is.
func (r *result) ownText() string {
	if r.algorithm == "" {
		return ""
	}
	words := make([]string, 0, len(r.steps)+3)
	for _, s := range r.steps {
		words = append(words, s.Type+", then")
	}
	words = append(words, r.algorithm)
	if r.base != nil {
		words = append(words, "of "+r.base.Algorithm)
		for _, name := range slices.Sorted(maps.Keys(r.base.Parameters)) {
			words = append(words, "("+name+"="+r.base.Parameters[name]+")")
		}
	}
	if r.parameters != "" {
		words = append(words, "with "+r.parameters)
	}
	return "Creek: `" + strings.Join(words, " ") + "`. "
}

// reason is why figures are compared, where that needs one.
func (r *result) reason() string {
	if r.why == "" {
		return ""
	}
	return ". " + r.why
}

func (r *result) line() string {
	cells := []string{r.data, fmt.Sprint(r.rowsSeen), r.figure(r.peer, r.peerMean, r.peerSD), "", "", "", r.verdict}
	switch {
	case r.problem != "":
		cells[6] = r.problem
	default:
		cells[3] = r.figure(r.own, r.mean, r.dev)
		if r.kind == exact {
			cells[4] = fmt.Sprint(r.difference.rows)
			cells[5] = fmt.Sprintf("%.1e", r.difference.largest)
		}
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func (r *result) figure(seeds []float64, mean, deviation float64) string {
	switch {
	case len(seeds) == 0 || r.noFigure:
		return ""
	case r.kind != seeded:
		return fmt.Sprintf("%.6f", mean)
	}
	return fmt.Sprintf("%.4f ± %.4f (%d)", mean, deviation, len(seeds))
}

// summary counts the verdicts.
func summary(results []*result) string {
	counts := map[string]int{}
	for _, r := range results {
		switch {
		case r.problem == notAsked:
			counts["of which the peer was not asked yet"]++
		case r.problem == errNotBuilt.Error():
			counts["not built"]++
		case r.failed:
			counts["not as it has to be"]++
		case r.excused:
			counts["different for a reason"]++
		case r.kind == exact:
			counts["equal"]++
		default:
			counts["as good or better, or within the limits"]++
		}
	}
	var parts []string
	for what, n := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(parts)
	return fmt.Sprintf("Of %d cases: %s.\n", len(results), strings.Join(parts, ", "))
}

func dates(results []*result) (first, last string) {
	for _, r := range results {
		if r.taken == "" {
			continue
		}
		if first == "" || r.taken < first {
			first = r.taken
		}
		last = max(last, r.taken)
	}
	return first, last
}
