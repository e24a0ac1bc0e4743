// Command mutants shows that the simulation can fail: it breaks the rules of the protocol one after another by the patches beside it, and
// runs seeds until one fails. The work tree stays as it is: patched files lie in a temporary folder and are put in place by an overlay.
//
//	mutants [-from 1] [-count 500] [name ...]
//
// A patch begins with lines "Breaks: " (what is broken) and, where the simulation's seeds do not hold what the rule is about, "Test: "
// with the package and the name of the test that does. The exit code is 1 where a patch does not apply or a mutant is not found.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	folder  = "test/simulation/mutants"
	seeds   = "./test/simulation TestSeeds"
	timeout = "300s"
)

func main() {
	from := flag.Uint64("from", 1, "the first seed")
	count := flag.Uint64("count", 500, "how many seeds to try")
	flag.Parse()
	if err := run(*from, *count, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(from, count uint64, names []string) error {
	patches, err := filepath.Glob(filepath.Join(folder, "*.patch"))
	if err != nil || len(patches) == 0 {
		return fmt.Errorf("no patches in %s, run it in the repository's root: %w", folder, err)
	}
	environment := append(os.Environ(), fmt.Sprintf("CREEK_SIM_FROM=%d", from), fmt.Sprintf("CREEK_SIM_COUNT=%d", count))
	bad := 0
	for _, file := range patches {
		name := strings.TrimSuffix(filepath.Base(file), ".patch")
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		m, err := load(file)
		found := ""
		if err == nil {
			found, err = m.hunt(environment)
		}
		if err != nil {
			bad++
			found = "ERROR: " + err.Error()
		}
		fmt.Printf("%-34s %-78s %s\n", name, m.breaks, found)
	}
	if len(names) == 0 {
		bad += unbroken(patches)
	}
	if bad > 0 {
		return fmt.Errorf("%d mutants were not found or could not be made", bad)
	}
	return nil
}

// rules is how many rules the protocol has.
const rules = 12

// unbroken prints the rules that no patch breaks, and counts them.
func unbroken(patches []string) int {
	missing := 0
	for rule := 1; rule <= rules; rule++ {
		prefix := fmt.Sprintf("rule%02d", rule)
		if slices.ContainsFunc(patches, func(file string) bool { return strings.HasPrefix(filepath.Base(file), prefix+"-") }) {
			continue
		}
		missing++
		fmt.Printf("%-34s ERROR: no patch breaks it\n", prefix)
	}
	return missing
}

// mutant is a patch that breaks a rule.
type mutant struct {
	text []byte
	// breaks says what is broken; in and test are the package and the test that must notice.
	breaks, in, test string
}

func load(file string) (mutant, error) {
	m := mutant{}
	text, err := os.ReadFile(file)
	if err != nil {
		return m, err
	}
	where := seeds
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "Breaks: "); ok {
			m.breaks = strings.TrimSpace(rest)
		}
		if rest, ok := strings.CutPrefix(line, "Test: "); ok {
			where = strings.TrimSpace(rest)
		}
	}
	m.text = text
	var ok bool
	if m.in, m.test, ok = strings.Cut(where, " "); !ok || m.breaks == "" {
		return m, errors.New("the patch lacks the line Breaks:, or its line Test: does not name a package and a test")
	}
	return m, nil
}

// hunt runs the mutant's test and tells what found it.
func (m mutant) hunt(environment []string) (string, error) {
	temporary, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	overlay, err := m.overlay(temporary)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(temporary, "mutant.test")
	build := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binary, m.in)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not compile: %w: %s", err, out)
	}
	test := exec.Command(binary, "-test.run", "^"+m.test+"$", "-test.v", "-test.timeout", timeout)
	test.Dir, test.Env = m.in, environment
	out, err := test.CombinedOutput()
	return m.verdict(string(out), err)
}

// overlay patches copies of the files that the patch names and returns the file that tells the go command of them.
func (m mutant) overlay(temporary string) (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for _, name := range regexp.MustCompile(`(?m)^\+{3} b/(\S+)`).FindAllSubmatch(m.text, -1) {
		file := string(name[1])
		data, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("it does not apply: %w", err)
		}
		copied := filepath.Join(temporary, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(copied), 0o700), os.WriteFile(copied, data, 0o600)); err != nil {
			return "", err
		}
		replace[filepath.Join(here, file)] = copied
	}
	apply := exec.Command("git", "apply", "-")
	apply.Dir, apply.Stdin = temporary, bytes.NewReader(m.text)
	// Outside of a repository git applies to the folder that it runs in.
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(temporary))
	if out, err := apply.CombinedOutput(); err != nil || len(replace) == 0 {
		return "", fmt.Errorf("it does not apply: %w: %s", err, out)
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(temporary, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o600)
}

var (
	failingSeed = regexp.MustCompile(`replay it alone: make sim FROM=(\d+) COUNT=1`)
	failure     = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (.*)$`)
)

// verdict reads the output of a test. Only a test that ran and failed has found the mutant.
func (m mutant) verdict(out string, err error) (string, error) {
	switch {
	case err == nil && !strings.Contains(out, "--- PASS: "):
		return "", fmt.Errorf("there is no test %s in %s", m.test, m.in)
	case err == nil:
		return "", errors.New("NOT FOUND")
	case strings.Contains(out, "panic: test timed out"):
		return "", fmt.Errorf("NOT FOUND in %s", timeout)
	case !strings.Contains(out, "--- FAIL: "+m.test) && !strings.Contains(out, "panic: "):
		return "", fmt.Errorf("the test did not run: %w: %s", err, out)
	}
	how := ""
	if lines := failure.FindAllStringSubmatch(out, -1); len(lines) > 0 {
		how = lines[len(lines)-1][1]
	}
	if how = strings.TrimSpace(how); len(how) > 90 {
		how = how[:90] + "…"
	}
	if seed := failingSeed.FindStringSubmatch(out); seed != nil {
		return fmt.Sprintf("found at seed %s: %s", seed[1], how), nil
	}
	return fmt.Sprintf("found by %s in %s: %s", m.test, m.in, how), nil
}
