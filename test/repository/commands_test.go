package repository

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	targetLine  = regexp.MustCompile(`(?m)^([a-z0-9-]+):[^=]`)
	makeCommand = regexp.MustCompile(`\bmake ([a-z0-9][a-z0-9-]*)`)
	codeBlock   = regexp.MustCompile("(?s)```(?:sh|bash|console|shell)\n(.*?)```|`(make [^`\n]+)`")
)

// targets are the names that make knows.
func targets(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, match := range targetLine.FindAllStringSubmatch(read(t, "Makefile"), -1) {
		names = append(names, match[1])
	}
	return names
}

func TestMakefileHasEveryTarget(t *testing.T) {
	t.Parallel()
	have := targets(t)
	help := read(t, "Makefile")
	for want := range strings.FieldsSeq("demo test verify generate lint bench cluster cluster-down e2e images build fmt envtest") {
		if !slices.Contains(have, want) {
			t.Errorf("the Makefile has no target %s", want)
		}
		if !regexp.MustCompile(`(?m)^` + want + `:.*## .+`).MatchString(help) {
			t.Errorf("target %s has no line of help", want)
		}
	}
}

// A document that names a command which is not there sends its reader nowhere.
func TestDocumentsNameTargetsThatExist(t *testing.T) {
	t.Parallel()
	have := targets(t)
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md"))
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeBlock.FindAllString(string(text), -1) {
			for _, match := range makeCommand.FindAllStringSubmatch(code, -1) {
				if !slices.Contains(have, match[1]) {
					t.Errorf("%s names `make %s`, which the Makefile does not have", filepath.Base(page), match[1])
				}
			}
		}
	}
}

// The two commands with which the README promises that anyone can try Creek.
func TestReadmeNamesTheTwoCommands(t *testing.T) {
	t.Parallel()
	text := read(t, "README.md")
	for _, command := range []string{"make demo", "make test"} {
		if !slices.ContainsFunc(codeBlock.FindAllString(text, -1), func(code string) bool { return strings.Contains(code, command) }) {
			t.Errorf("the README has no code block with `%s`", command)
		}
	}
}

// A path of one developer's machine in a committed file works for nobody else.
func TestNoPathsOfOneMachine(t *testing.T) {
	t.Parallel()
	path := regexp.MustCompile(`(^|[^\w.$}@-])/(root|home/\w+|Users/\w+)/`)
	for _, name := range []string{"Makefile", "Dockerfile", "README.md", "CONTRIBUTING.md", ".golangci.yml", ".ci/run"} {
		if found := path.FindString(read(t, name)); found != "" {
			t.Errorf("%s holds the path %s", name, strings.TrimSpace(found))
		}
	}
	for _, f := range goFiles(t, ".") {
		text := read(t, f.path)
		if found := path.FindString(text); found != "" {
			t.Errorf("%s holds the path %s", f.path, strings.TrimSpace(found))
		}
	}
}
