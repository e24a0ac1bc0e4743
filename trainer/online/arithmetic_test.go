package online_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exactMath are the functions of package math whose result IEEE 754 fixes.
var exactMath = []string{
	"Abs", "Ceil", "Copysign", "Float32bits", "Float32frombits", "Float64bits", "Float64frombits", "Floor", "Inf", "IsInf", "IsNaN", "NaN",
	"RoundToEven", "Signbit", "Sqrt", "Trunc",
}

// The compiler may fuse a product and a sum into one operation with one
// rounding, even when the product was stored in a variable first, and does on
// some architectures; several functions of package math differ in their last
// bit. This test finds both in the sources of the library, and any import that
// could bring in time, chance or more of the kind.
func TestArithmeticIsPortable(t *testing.T) {
	fset := token.NewFileSet()
	all := &sources{t: t, fset: fset, std: importer.ForCompiler(fset, "source", nil), loaded: map[string]*types.Package{}}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || d.Name() == "testdata" {
			return err
		}
		all.checkPackage(path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sources type-checks the packages of the library, each once. Of others few are
// loaded: what comes from the rest has no known type, and is taken for
// a float.
type sources struct {
	t      *testing.T
	fset   *token.FileSet
	std    types.Importer
	loaded map[string]*types.Package
}

func (s *sources) Import(path string) (*types.Package, error) {
	if path == "math" || path == "math/bits" || path == "encoding/binary" || path == "slices" {
		return s.std.Import(path)
	}
	if dir, ours := strings.CutPrefix(path, library); ours {
		if s.loaded[path] == nil {
			s.loaded[path], _, _ = s.check("." + dir)
		}
		return s.loaded[path], nil
	}
	return types.NewPackage(path, filepath.Base(path)), nil
}

func (s *sources) check(dir string) (*types.Package, []*ast.File, *types.Info) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		s.t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(s.fset, name, nil, parser.ParseComments)
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") && !ignored(file) {
			files = append(files, file)
		}
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	c := types.Config{Importer: s, Error: func(error) {}}
	p, _ := c.Check(dir, s.fset, files, info)
	return p, files, info
}

func (s *sources) checkPackage(dir string) {
	t, fset := s.t, s.fset
	_, files, info := s.check(dir)
	for _, file := range files {
		checkImports(t, fset, file)
		rounded := map[ast.Expr]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			if bad := inexact(n, info, rounded); bad != "" {
				t.Errorf("%s: %s", fset.Position(n.Pos()), bad)
			}
			return true
		})
	}
}

// ignored tells generators, which are not part of the package.
func ignored(file *ast.File) bool {
	return len(file.Comments) > 0 && strings.HasPrefix(file.Comments[0].List[0].Text, "//go:build ignore")
}

const library = "creek.dev/creek/trainer/online"

// allowed are imports that would be wrong elsewhere: members learn on several
// goroutines and nothing depends on who does which, and a processor is asked for
// instructions that give the same bits as the others.
var allowed = map[string]string{"crew/crew.go": "sync", "preprocess/scaler_amd64.go": "golang.org/x/sys/cpu"}

func checkImports(t *testing.T, fset *token.FileSet, file *ast.File) {
	t.Helper()
	forbidden := []string{"time", "net", "os", "sync", "math/rand", "math/rand/v2", "math/cmplx", "runtime", "unsafe"}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		if allowed[filepath.ToSlash(fset.Position(spec.Pos()).Filename)] == path {
			continue
		}
		ours := strings.HasPrefix(path, library)
		if slices.Contains(forbidden, path) || strings.Contains(strings.Split(path, "/")[0], ".") && !ours {
			t.Errorf("%s: package online must not import %s", fset.Position(spec.Pos()), path)
		}
	}
}

// inexact says what is wrong with a node, or nothing. rounded collects the
// products that are converted at once, or only multiplied or divided further;
// parents are visited before their children.
func inexact(n ast.Node, info *types.Info, rounded map[ast.Expr]bool) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "float64" || name.Name == "float32") {
			rounded[n.Args[0]] = true
		}
	case *ast.BinaryExpr:
		if n.Op == token.MUL || n.Op == token.QUO {
			rounded[n.X], rounded[n.Y] = true, true
		}
		if n.Op == token.MUL && !rounded[n] && isFloat(n, info) {
			return "a product is not rounded by float64(…) around it"
		}
	case *ast.AssignStmt:
		if n.Tok == token.MUL_ASSIGN && isFloat(n.Lhs[0], info) {
			return "a product is not rounded by float64(…) around it"
		}
	case *ast.SelectorExpr:
		name, ok := n.X.(*ast.Ident)
		if ok && name.Name == "math" && isFunction(n, info) && !slices.Contains(exactMath, n.Sel.Name) {
			return "math." + n.Sel.Name + " may give other bits on another machine"
		}
	}
	return ""
}

func isFunction(n *ast.SelectorExpr, info *types.Info) bool {
	_, ok := info.Types[n].Type.(*types.Signature)
	return ok
}

// isFloat tells whether e is a float that the program computes when it runs. A
// type that is not known counts as one.
func isFloat(e ast.Expr, info *types.Info) bool {
	if info.Types[e].Value != nil {
		return false
	}
	if info.Types[e].Type == nil {
		return true
	}
	basic, ok := info.Types[e].Type.Underlying().(*types.Basic)
	return !ok || basic.Info()&types.IsInteger == 0
}
