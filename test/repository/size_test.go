package repository

import (
	"go/ast"
	"testing"
)

const (
	maxFileLines     = 400
	maxFunctionLines = 80
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t, ".") {
		if f.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d: it holds more than one thing", f.path, f.lines, maxFileLines)
		}
		for _, declaration := range f.file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			first, last := f.set.Position(function.Pos()).Line, f.set.Position(function.End()).Line
			if lines := last - first + 1; lines > maxFunctionLines {
				t.Errorf("%s:%d: %s has %d lines, more than %d", f.path, first, function.Name.Name, lines, maxFunctionLines)
			}
		}
	}
}
