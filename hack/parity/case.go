package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online"
)

// kind is what a case compares.
type kind int

const (
	// exact cases are equal prediction by prediction.
	exact kind = iota
	// seeded cases are equal in the mean over many seeds.
	seeded
	// figure cases are deterministic on both sides, but the peer does something else; only the figures stand side by side.
	figure
)

// The peers.
const (
	river = "River"
	moa   = "MOA"
	vw    = "Vowpal Wabbit"
)

// group is a learner with certain parameters beside a peer's, on several data sets.
type group struct {
	// section of the page, and what is compared.
	section, title string
	kind           kind
	// algorithm, and the like, are Creek's side; steps lie before it.
	algorithm, task string
	parameters      string
	base            *online.Base
	steps           []online.Transform
	// other is Creek's side where it is not a model.
	other creekSide
	// peer and expression are the other side: for River what makes the object in Python, for MOA and Vowpal Wabbit their options.
	peer, expression string
	// peerKind is what the peer's script is to do, where it is not to learn; measures are the metrics that it takes.
	peerKind string
	measures map[string]string
	// gaps has the peer see missing values as such, and not as absent.
	gaps bool
	// why they are compared by their figures although nothing about them is random.
	why string
	// noFigure cases have nothing to show but whether they are equal.
	noFigure bool
	// on names data sets, each perhaps with ":rows" for the first rows alone.
	on []string
	// seeds of the peer's side, 10 without a number; Creek's side has three times as many, or as many as creekSeeds says.
	seeds, creekSeeds int
	// slow groups are left out of a quick run.
	slow bool
	// scores that are not the same by intent are not compared; the classes are.
	classesOnly bool
}

// testCase is one row of the page.
type testCase struct {
	group
	data string
	rows int
}

// name identifies a case, as in the list of what may differ.
func (c testCase) name() string {
	data := c.data
	if c.rows > 0 {
		data = fmt.Sprintf("%s:%d", data, c.rows)
	}
	return fmt.Sprintf("%s, %s, %s", c.title, data, c.peer)
}

func (g group) cases() []testCase {
	cases := make([]testCase, 0, len(g.on))
	for _, on := range g.on {
		data, rows, _ := strings.Cut(on, ":")
		limit, err := strconv.Atoi(cmp.Or(rows, "0"))
		if err != nil {
			panic("parity: the rows of " + on + " are not a number")
		}
		cases = append(cases, testCase{group: g, data: data, rows: limit})
	}
	return cases
}

// config is Creek's side as a model is configured.
func (c testCase) config(t *table, seed uint64) online.Config {
	config := online.Config{
		Algorithm: c.algorithm, Task: c.taskName(), Seed: seed, Parameters: parameters(c.parameters), Base: c.base,
		Preprocessing: c.steps, Features: t.features(),
	}
	if config.Task == online.TaskClassification {
		config.Classes = t.classes
	}
	return config
}

func (c testCase) taskName() string { return cmp.Or(c.task, online.TaskClassification) }

// peerSeeds are the seeds of the peer's side: only 0 where nothing is random.
func (c testCase) peerSeeds() int {
	if c.kind != seeded {
		return 1
	}
	return cmp.Or(c.seeds, 10)
}

func (c testCase) ownSeeds() int {
	if c.kind != seeded {
		return 1
	}
	return cmp.Or(c.creekSeeds, 3*c.peerSeeds())
}

// figureName is the figure that a case shows, and which way is better.
func (c testCase) figureName() (name string, higher bool) {
	switch c.taskName() {
	case online.TaskRegression:
		return "mae", false
	case online.TaskAnomalyDetection:
		return "auc", true
	}
	return "accuracy", true
}

// parameters reads "a=1 b=2".
func parameters(text string) map[string]string {
	var m map[string]string
	for field := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(field, "=")
		if m == nil {
			m = map[string]string{}
		}
		m[name] = value
	}
	return m
}

// steps are transforms without parameters.
func steps(names ...string) []online.Transform {
	list := make([]online.Transform, 0, len(names))
	for _, name := range names {
		list = append(list, online.Transform{Type: name})
	}
	return list
}

var scaled = steps("StandardScaler")
