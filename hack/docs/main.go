// Command docs writes the tables in docs/ that say what the code says: the fields of a CreekTraining, its conditions, the metrics, the models, the
// trainer's HTTP interface. It is run by go generate, after the CRD was made.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:generate go run . ../..

// pages are the files of docs/ with what makes each from the work tree.
var pages = map[string]func(root string) (string, error){
	"api.md":        apiPage,
	"conditions.md": conditionsPage,
	"metrics.md":    metricsPage,
	"models.md":     modelsPage,
	"openapi.yaml":  openapiPage,
}

// notice opens every page.
const notice = "Written by hack/docs; run make generate."

// opening is the notice as a comment of the file's language.
func opening(name string) string {
	if strings.HasSuffix(name, ".yaml") {
		return "# " + notice + "\n"
	}
	return "<!-- " + notice + " -->\n"
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docs ROOT")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	for name, page := range pages {
		text, err := page(root)
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(root, "docs", name), []byte(opening(name)+text), 0o644); err != nil {
			return fmt.Errorf("write a page: %w", err)
		}
	}
	return nil
}
