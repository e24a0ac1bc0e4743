package main

import (
	"strings"

	"creek.dev/creek/trainer/online"
)

const modelsIntro = `# Models and their parameters

The parameters of ` + "`spec.model.parameters`" + ` and ` + "`spec.model.preprocessing[].parameters`" + `, and of the flag --param of creek eval. Values are written as
text; one outside its range is refused with the reason InvalidParameter. A model that has learned can be given another value
of a parameter that is called changeable; the others are fixed for its life.

A missing value is null or absent in JSON and empty in CSV. Every learner takes rows that lack values: linear models leave the feature out, Bayes
and trees leave it out of their statistics and send a row that lacks the value of a split the way of the heavier branch; the Go documentation of
each type says more. Magnitudes above 1e100 count as 1e100; what is no number (inf, NaN) or
beyond 1.8e308 makes a record unreadable. Linear models, and trees for regression, want features of like scale: put a StandardScaler
before them. In anomaly detection the last of two classes, or 1, is the unusual one; a label is only measured, never learned.

A nominal feature is a text, number or boolean that stands for nothing but itself. Learners below say whether they take it as it is; for the others, put
OneHotEncoder, OrdinalEncoder or FeatureHasher before them.
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
	if d.Binary {
		heading += "It tells two classes apart; OneVsRest makes it tell more.\n\n"
	}
	if d.Nominal {
		heading += "It takes nominal features as they are.\n\n"
	}
	if d.Base != "" {
		heading += "Its base is any learner of the same task, without one " + code(d.Base) + ".\n\n"
	}
	if len(d.Parameters) == 0 {
		return heading + "It has no parameters.\n"
	}
	t := newTable("parameter", "default", "range", "meaning")
	for _, p := range d.Parameters {
		doc := p.Doc
		if p.Changeable {
			doc += " Changeable."
		}
		t.row(code(p.Name), code(p.DefaultText()), code(p.Range()), doc)
	}
	return heading + t.String()
}
