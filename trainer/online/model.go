package online

import (
	"crypto/sha256"
	"fmt"
	"math"
)

// NumericsVersion numbers the arithmetic: code that would turn the same rows
// into other state bytes has another one.
const NumericsVersion = 1

// magnitudeLimit bounds what a learner sees of a value. The ranges of all
// parameters are chosen so that rows within it never lead to an overflow.
const magnitudeLimit = 1e100

// Model is a learner behind its preprocessing. Its methods must not be called
// at the same time.
type Model struct {
	plan       *plan
	configText []byte
	digest     [sha256.Size]byte
	transforms []transformer
	classifier classifier
	rows       uint64

	bounded []float64
	stages  [][]float64
	scores  []float64
}

// Prediction is what a model says about one row.
type Prediction struct {
	// Class is the most probable class; equal scores go to the earlier one.
	Class int
	// Scores are the probabilities in the order of the classes. They belong to
	// the model and hold until its next prediction.
	Scores []float64
}

// New returns a model that has learned nothing, or the error of
// Config.Validate.
func New(c Config) (*Model, error) {
	p, err := c.resolve()
	if err != nil {
		return nil, err
	}
	text, err := p.canonical()
	if err != nil {
		return nil, err
	}
	m := &Model{plan: p, configText: text, digest: sha256.Sum256(text)}
	width := len(p.config.Features)
	m.bounded = make([]float64, width)
	for i, t := range p.transforms {
		built := t.build(width, p.stepValues[i])
		width = built.Width()
		m.transforms = append(m.transforms, built)
		m.stages = append(m.stages, make([]float64, width))
	}
	m.scores = make([]float64, p.classes)
	m.classifier = p.algorithm.build(shape{width: width, classes: p.classes}, p.parameters)
	return m, nil
}

// Config is the configuration with every default filled in.
func (m *Model) Config() Config {
	p, err := m.plan.config.resolve()
	if err != nil {
		// The plan was made from this very configuration.
		panic(err)
	}
	return p.config
}

// Classes is the number of classes.
func (m *Model) Classes() int { return m.plan.classes }

// Rows is the number of rows learned.
func (m *Model) Rows() uint64 { return m.rows }

// Predict says what class x is of, by the state as it is: nothing is learned.
// x holds one value for each feature, NaN where one is missing; a magnitude
// above 1e100 counts as 1e100. It panics when x is of another length.
func (m *Model) Predict(x []float64) Prediction {
	return m.predict(m.bound(x))
}

// Learn takes one row, of which Predict's rules hold, and its label. Every
// transformer first learns from the row, then transforms it for the next. It
// panics when the label is none of the classes.
func (m *Model) Learn(x []float64, label int) {
	m.learn(m.bound(x), label)
}

// PredictLearn predicts x by the state as it was before, then learns x, as
// prequential evaluation demands. It does not allocate.
func (m *Model) PredictLearn(x []float64, label int) Prediction {
	x = m.bound(x)
	p := m.predict(x)
	m.learn(x, label)
	return p
}

func (m *Model) predict(x []float64) Prediction {
	for i, t := range m.transforms {
		t.Transform(m.stages[i], x)
		x = m.stages[i]
	}
	m.classifier.Predict(x, m.scores)
	best := 0
	for i, s := range m.scores {
		if s > m.scores[best] {
			best = i
		}
	}
	return Prediction{Class: best, Scores: m.scores}
}

func (m *Model) learn(x []float64, label int) {
	if label < 0 || label >= m.plan.classes {
		panic(fmt.Sprintf("online: label %d is none of %d classes", label, m.plan.classes))
	}
	for i, t := range m.transforms {
		t.LearnTransform(m.stages[i], x)
		x = m.stages[i]
	}
	m.classifier.Learn(x, label)
	m.rows++
}

// bound returns x, or a copy of it when a value is beyond magnitudeLimit.
func (m *Model) bound(x []float64) []float64 {
	if len(x) != len(m.bounded) {
		panic(fmt.Sprintf("online: the row has %d values, the model %d features", len(x), len(m.bounded)))
	}
	for _, v := range x {
		if math.Abs(v) > magnitudeLimit {
			for i, v := range x {
				m.bounded[i] = min(max(v, -magnitudeLimit), magnitudeLimit)
			}
			return m.bounded
		}
	}
	return x
}
