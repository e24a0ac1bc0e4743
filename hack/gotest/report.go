package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json` and, for the build events, `go help buildjson`.
type event struct {
	Action  string `json:"Action"`
	Package string `json:"Package"`
	Test    string `json:"Test"`
	Output  string `json:"Output"`
}

// report turns events into lines. Output is held back until its test or package has ended, since only then is it known whether
// anyone wants to read it.
type report struct {
	w       io.Writer
	held    map[string]map[string]*strings.Builder // package → test, or "" for what belongs to no test
	failed  int
	skipped int
	passed  int
}

func newReport(w io.Writer) *report {
	return &report{w: w, held: map[string]map[string]*strings.Builder{}}
}

// read takes events until the end of the stream. A line that is not an event is printed as it is.
func (r *report) read(stream io.Reader) error {
	lines := bufio.NewReader(stream)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) != nil || e.Action == "":
			fmt.Fprintf(r.w, "%s", line)
		default:
			r.take(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the output of go test: %w", err)
		}
	}
}

func (r *report) take(e event) {
	switch {
	case e.Action == "build-output":
		fmt.Fprint(r.w, e.Output)
	case e.Action == "output":
		r.output(e.Package, e.Test).WriteString(e.Output)
	case e.Test != "":
		r.endTest(e)
	default:
		r.endPackage(e)
	}
}

func (r *report) output(pkg, test string) *strings.Builder {
	if r.held[pkg] == nil {
		r.held[pkg] = map[string]*strings.Builder{}
	}
	if r.held[pkg][test] == nil {
		r.held[pkg][test] = &strings.Builder{}
	}
	return r.held[pkg][test]
}

func (r *report) endTest(e event) {
	text := r.output(e.Package, e.Test).String()
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		fmt.Fprint(r.w, text)
	case "skip":
		r.skipped++
		fmt.Fprintf(r.w, "skip\t%s %s: %s\n", e.Package, e.Test, reason(text))
	default: // run, pause, cont, bench, start, attr: nothing has ended.
		return
	}
	delete(r.held[e.Package], e.Test)
}

func (r *report) endPackage(e event) {
	rest := r.output(e.Package, "").String()
	switch e.Action {
	case "fail":
		// What is still held belongs to the tests that did not end: a panic or a timeout.
		for _, test := range slices.Sorted(maps.Keys(r.held[e.Package])) {
			if test != "" {
				r.failed++
				fmt.Fprint(r.w, r.held[e.Package][test])
			}
		}
		fmt.Fprint(r.w, rest)
	case "pass":
		fmt.Fprint(r.w, lastLine(rest))
	case "skip": // Nothing to test there.
	default:
		return
	}
	delete(r.held, e.Package)
}

// finish prints the sum.
func (r *report) finish() {
	fmt.Fprintf(r.w, "%d tests passed, %d failed, %d skipped\n", r.passed, r.failed, r.skipped)
}

// place is what the testing package puts before a message.
var place = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)

// reason finds what a test said when it was skipped.
func reason(output string) string {
	for line := range strings.Lines(output) {
		if place.MatchString(line) {
			return strings.TrimSpace(place.ReplaceAllString(line, ""))
		}
	}
	return "it gave no reason"
}

func lastLine(text string) string {
	text = strings.TrimSuffix(text, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:] + "\n"
}
