package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// openapiRoots are the types that travel; what they hold follows from the code.
var openapiRoots = []string{"Request", "Answer", "Facts"}

// openapiBasics are the schemas of types that are not spelled out.
var openapiBasics = map[string]string{
	"string": "{type: string}", "bool": "{type: boolean}", "float64": "{type: number}", "int": "{type: integer}",
	"int32": "{type: integer, format: int32}", "int64": "{type: integer, format: int64}", "Reason": "{type: string}",
	"json.RawMessage": "{type: object}", "Digest": `{type: string, pattern: "^([0-9a-f]{64})?$"}`,
}

// openapiRequired are the fields that a request must have, whose others have defaults.
var openapiRequired = map[string][]string{"Request": {"action", "namespace", "name"}, "SaveRule": {}}

// openapiTypes is the code of a package, looked at for what its JSON holds.
type openapiTypes struct {
	types map[string]*ast.TypeSpec
	docs  map[string]string
	// words are the values of a string type's constants.
	words map[string][]string
	done  map[string]string
}

// openapiPage describes the trainer's HTTP interface: the paths as openapiHead tells them, the bodies as the code of history does.
func openapiPage(root string) (string, error) {
	t := &openapiTypes{types: map[string]*ast.TypeSpec{}, docs: map[string]string{}, words: map[string][]string{}, done: map[string]string{}}
	files, err := filepath.Glob(filepath.Join(root, "history", "*.go"))
	if err != nil {
		return "", fmt.Errorf("find the code of history: %w", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return "", fmt.Errorf("read the code of history: %w", err)
		}
		t.collect(file)
	}
	for _, name := range openapiRoots {
		if err := t.add(name); err != nil {
			return "", err
		}
	}
	var out strings.Builder
	out.WriteString(strings.ReplaceAll(openapiHead, "ANSWER", `{application/json: {schema: {$ref: "#/components/schemas/Answer"}}}`))
	for _, name := range slices.Sorted(maps.Keys(t.done)) {
		out.WriteString(t.done[name])
	}
	return out.String(), nil
}

func (t *openapiTypes) collect(file *ast.File) {
	for _, d := range file.Decls {
		general, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				t.types[s.Name.Name] = s
				t.docs[s.Name.Name] = plain(general.Doc)
			case *ast.ValueSpec:
				kind, typed := s.Type.(*ast.Ident)
				if !typed || len(s.Values) != 1 {
					continue
				}
				if word, ok := s.Values[0].(*ast.BasicLit); ok && word.Kind == token.STRING {
					text, _ := strconv.Unquote(word.Value)
					t.words[kind.Name] = append(t.words[kind.Name], text)
				}
			}
		}
	}
}

func plain(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}

// add writes the schema of a named type and of what it holds.
func (t *openapiTypes) add(name string) error {
	if _, basic := openapiBasics[name]; basic || t.done[name] != "" {
		return nil
	}
	spec := t.types[name]
	if spec == nil {
		return fmt.Errorf("type %s is not in package history", name)
	}
	head := fmt.Sprintf("    %s:\n      description: %s\n", name, strconv.Quote(t.docs[name]))
	// Said before what it holds is looked at, which may hold it again.
	t.done[name] = head
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		schema, err := t.schema(spec.Type)
		if words := t.words[name]; len(words) > 0 {
			t.done[name] = head + "      type: string\n      enum: [\"" + strings.Join(words, `", "`) + "\"]\n"
			return nil
		}
		t.done[name] = head + "      allOf: [" + schema + "]\n"
		return err
	}
	properties, required, err := t.fields(body)
	if err != nil {
		return fmt.Errorf("type %s: %w", name, err)
	}
	if chosen, ok := openapiRequired[name]; ok {
		required = chosen
	}
	t.done[name] = head + "      type: object\n      additionalProperties: false\n      required: [" + strings.Join(required, ", ") +
		"]\n      properties:\n" + properties
	return nil
}

// fields returns the properties of a structure, those of embedded ones too, and which are always there.
func (t *openapiTypes) fields(body *ast.StructType) (properties string, required []string, err error) {
	for _, field := range body.Fields.List {
		if field.Tag == nil {
			embedded, ok := field.Type.(*ast.Ident)
			if !ok || len(field.Names) > 0 {
				return "", nil, fmt.Errorf("the field %v has no name in JSON", field.Names)
			}
			inner, ok := t.types[embedded.Name].Type.(*ast.StructType)
			if !ok {
				return "", nil, fmt.Errorf("%s is embedded and not a structure", embedded.Name)
			}
			more, always, err := t.fields(inner)
			if err != nil {
				return "", nil, err
			}
			properties, required = properties+more, append(required, always...)
			continue
		}
		name, options, _ := strings.Cut(reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json"), ",")
		schema, err := t.schema(field.Type)
		if err != nil {
			return "", nil, err
		}
		if options != "omitempty" && options != "omitzero" {
			required = append(required, name)
			schema = orNull(field.Type, schema)
		}
		if doc := plain(field.Doc, field.Comment); doc != "" {
			schema = "{description: " + strconv.Quote(doc) + ", allOf: [" + schema + "]}"
		}
		properties += "        " + name + ": " + schema + "\n"
	}
	return properties, required, nil
}

// orNull allows null where Go writes it for nothing: for lists and maps that are always there.
func orNull(of ast.Expr, schema string) string {
	switch of.(type) {
	case *ast.ArrayType, *ast.MapType, *ast.StarExpr:
		return "{anyOf: [" + schema + `, {type: "null"}]}`
	}
	return schema
}

func (t *openapiTypes) schema(of ast.Expr) (string, error) {
	switch e := of.(type) {
	case *ast.StarExpr:
		return t.schema(e.X)
	case *ast.SelectorExpr:
		return openapiBasics[fmt.Sprintf("%s.%s", e.X, e.Sel)], nil
	case *ast.Ident:
		if basic, ok := openapiBasics[e.Name]; ok {
			return basic, nil
		}
		return fmt.Sprintf(`{$ref: "#/components/schemas/%s"}`, e.Name), t.add(e.Name)
	case *ast.MapType:
		value, err := t.schema(e.Value)
		return "{type: object, additionalProperties: " + value + "}", err
	case *ast.ArrayType:
		if item, ok := e.Elt.(*ast.Ident); ok && item.Name == "byte" {
			return "{type: string, contentEncoding: base64}", nil
		}
		items, err := t.schema(e.Elt)
		return "{type: array, items: " + items + "}", err
	}
	return "", fmt.Errorf("a type that is not known: %T", of)
}
