package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online"
)

// moaSide runs MOA's learners, each in a virtual machine of its own. It needs the Java compiler, for MoaSide.java is run from its source.
type moaSide struct {
	jar, work string
}

func newMOA(venv, work string) (*moaSide, error) {
	jar, err := moaJar(venv)
	return &moaSide{jar, work}, err
}

// moaJar finds MOA inside the installed capymoa.
func moaJar(venv string) (string, error) {
	found, err := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages", "capymoa", "jar", "moa.jar"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("MOA's jar is not in %s: %w", venv, err)
	}
	return found[0], nil
}

func (m *moaSide) ask(ctx context.Context, r request) (answer, error) {
	var a answer
	file, err := arff(r, m.work)
	if err != nil {
		return a, err
	}
	task := "classification"
	if r.Task == online.TaskRegression {
		task = "regression"
	}
	command := exec.CommandContext(ctx, "java", "-Xmx4g", "-cp", m.jar, filepath.Join(scripts, "MoaSide.java"), r.Expression, file,
		strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Rows), task)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		a.Error = fmt.Sprintf("%v: %s", err, lines[0])
		return a, nil
	}
	if err := json.Unmarshal(bytes.TrimSpace(out), &a); err != nil {
		return a, fmt.Errorf("MOA answered %q: %w", out, err)
	}
	a.Version = versions[moa]
	return a, nil
}

func (m *moaSide) close() {}

// arff writes the data set of a request in MOA's format, once, and returns the file.
func arff(r request, work string) (string, error) {
	path := filepath.Join(work, r.Digest[:16]+"-"+strconv.Itoa(len(r.Nominal))+".arff")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	r.Rows = 0
	records, label, err := readRecords(r)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	out.WriteString("@relation rows\n")
	for i, name := range records[0] {
		if i != label {
			fmt.Fprintf(&out, "@attribute '%s' %s\n", name, attributeType(r, records, i))
		}
	}
	kind := "numeric"
	if len(r.Classes) > 0 {
		kind = "{" + strings.Join(r.Classes, ",") + "}"
	}
	fmt.Fprintf(&out, "@attribute '%s' %s\n@data\n", r.Target, kind)
	for _, record := range records[1:] {
		last := record[label]
		for i, text := range record {
			switch {
			case i == label:
				continue
			case text == "":
				text = "?"
			}
			out.WriteString(text + ",")
		}
		out.WriteString(last + "\n")
	}
	return path, writeWhole(path, out.Bytes())
}

func attributeType(r request, records [][]string, column int) string {
	if !slices.Contains(r.Nominal, records[0][column]) {
		return "numeric"
	}
	var levels []string
	for _, record := range records[1:] {
		levels = append(levels, record[column])
	}
	slices.Sort(levels)
	return "{" + strings.Join(slices.Compact(levels), ",") + "}"
}
