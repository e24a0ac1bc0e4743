package main

import "strings"

// table is a table in Markdown.
type table struct{ text strings.Builder }

func newTable(columns ...string) *table {
	t := &table{}
	t.row(columns...)
	t.text.WriteString("|" + strings.Repeat("---|", len(columns)) + "\n")
	return t
}

// row adds a row. Cells are Markdown; line ends and bars in them are taken care of.
func (t *table) row(cells ...string) {
	for _, cell := range cells {
		cell = strings.Join(strings.Fields(cell), " ")
		t.text.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
	}
	t.text.WriteString("|\n")
}

func (t *table) String() string { return t.text.String() }

// code sets text in code font; nothing stays nothing.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}
