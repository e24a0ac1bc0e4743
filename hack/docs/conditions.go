package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

const conditionsIntro = `# Conditions and reasons

Every condition carries the generation of the spec that it speaks of. A reason is made for programs, the message beside it for people:
it names the thing and the way out. Ready, Reconciling and Stalled are those that kstatus (kubectl wait, Argo CD, Flux) reads.
`

// conditionsPage lists the constants of api/v1alpha1/conditions.go with their comments, group by group.
func conditionsPage(root string) (string, error) {
	source := filepath.Join(root, "api", "v1alpha1", "conditions.go")
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.ParseComments)
	if err != nil {
		return "", fmt.Errorf("parse the conditions: %w", err)
	}
	var page strings.Builder
	page.WriteString(conditionsIntro)
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		section, err := constants(group)
		if err != nil {
			return "", err
		}
		page.WriteString("\n" + section)
	}
	return page.String(), nil
}

// constants makes a section of one group of constants: its comment, then a table.
func constants(group *ast.GenDecl) (string, error) {
	title, rest, _ := strings.Cut(strings.TrimSpace(group.Doc.Text()), ".")
	t := newTable("name", "meaning")
	for _, spec := range group.Specs {
		constant, ok := spec.(*ast.ValueSpec)
		if !ok || len(constant.Values) != 1 {
			return "", fmt.Errorf("the group %q holds more than plain constants", title)
		}
		literal, ok := constant.Values[0].(*ast.BasicLit)
		if !ok || constant.Doc == nil {
			return "", fmt.Errorf("%s has no comment or is no literal", constant.Names[0].Name)
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", constant.Names[0].Name, err)
		}
		comment := strings.TrimPrefix(constant.Doc.Text(), constant.Names[0].Name)
		t.row(code(value), upperFirst(strings.TrimLeft(comment, ": ")))
	}
	section := "## " + title + "\n\n"
	if rest = strings.Join(strings.Fields(rest), " "); rest != "" {
		section += rest + "\n\n"
	}
	return section + t.String(), nil
}

// upperFirst begins a sentence, unless it begins with the path of a field, which is written as it is.
func upperFirst(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if first == "" || strings.Contains(first, ".") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
