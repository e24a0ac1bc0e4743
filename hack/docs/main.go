// Command docs writes the tables in docs/ that say what the code says: the fields of a CreekTraining, its conditions, the metrics, the models. It is
// run by go generate, after the CRD was made.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run . ../..

// pages are the files of docs/ with what makes each from the work tree.
var pages = map[string]func(root string) (string, error){
	"api.md":        apiPage,
	"conditions.md": conditionsPage,
	"metrics.md":    metricsPage,
	"models.md":     modelsPage,
}

// notice opens every page.
const notice = "<!-- Written by hack/docs; run make generate. -->\n"

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
		if err := os.WriteFile(filepath.Join(root, "docs", name), []byte(notice+text), 0o644); err != nil {
			return fmt.Errorf("write a page: %w", err)
		}
	}
	return nil
}
