package repository

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the top of the work tree, from the folder that tests of this package run in.
const root = "../.."

// goFile is a parsed Go file that people write: neither generated nor a test.
type goFile struct {
	path  string // from the top of the work tree
	set   *token.FileSet
	file  *ast.File
	lines int
}

// goFiles parses the hand-written Go files below a folder of the work tree, tests apart.
func goFiles(t *testing.T, folder string) []goFile {
	t.Helper()
	var files []goFile
	top := filepath.Join(root, folder)
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != top && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "bin" || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if !ast.IsGenerated(file) {
			name, _ := filepath.Rel(root, path)
			files = append(files, goFile{filepath.ToSlash(name), set, file, set.File(file.FileStart).LineCount()})
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the Go files below %s: %v", folder, err)
	}
	if len(files) == 0 {
		t.Fatalf("there is no Go file below %s", folder)
	}
	return files
}

// read returns a file of the work tree as text.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
