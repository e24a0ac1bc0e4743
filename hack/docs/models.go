package main

import (
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online"
)

const modelsIntro = `# Models and their parameters

The parameters of ` + "`spec.model.parameters`" + ` and ` + "`spec.model.preprocessing[].parameters`" + `, and of the flag --param of creek eval. Values are written as
text; one outside its range is refused with the reason InvalidParameter.
`

// modelsPage lists the algorithms and preprocessing steps with their parameters.
func modelsPage(string) (string, error) {
	var page strings.Builder
	page.WriteString(modelsIntro + "\n## Algorithms\n")
	for _, name := range online.Algorithms() {
		page.WriteString(owner(name))
	}
	page.WriteString("\n## Preprocessing\n")
	for _, name := range online.Transforms() {
		page.WriteString(owner(name))
	}
	return page.String(), nil
}

// owner is the section of an algorithm or a step.
func owner(name string) string {
	heading := "\n### " + name + "\n\n"
	parameters := online.Parameters(name)
	if len(parameters) == 0 {
		return heading + "It has no parameters.\n"
	}
	t := newTable("parameter", "default", "range", "meaning")
	for _, p := range parameters {
		t.row(code(p.Name), code(strconv.FormatFloat(p.Default, 'g', -1, 64)), code(p.Range()), p.Doc)
	}
	return heading + t.String()
}
