package main

import (
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
		for _, task := range online.Tasks(name) {
			page.WriteString(owner(name+" ("+task+")", online.Describe(name, task)))
		}
	}
	page.WriteString("\n## Preprocessing\n")
	for _, name := range online.Transforms() {
		page.WriteString(owner(name, online.Describe(name, "")))
	}
	return page.String(), nil
}

// owner is the section of an algorithm or a step.
func owner(title string, d online.Description) string {
	heading := "\n### " + title + "\n\n" + d.Doc + "\n\n"
	if d.Base != "" {
		heading += "Its base is any learner of the same task, without one " + code(d.Base) + ".\n\n"
	}
	if len(d.Parameters) == 0 {
		return heading + "It has no parameters.\n"
	}
	t := newTable("parameter", "default", "range", "meaning")
	for _, p := range d.Parameters {
		t.row(code(p.Name), code(p.DefaultText()), code(p.Range()), p.Doc)
	}
	return heading + t.String()
}
