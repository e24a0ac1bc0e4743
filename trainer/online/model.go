package online

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// NumericsVersion numbers the arithmetic: code that would turn the same rows
// into other learned numbers has another one.
const NumericsVersion = 1

// Model is a learner behind its preprocessing. Its methods must not be called
// at the same time.
type Model struct {
	plan       *plan
	configText []byte
	digest     [sha256.Size]byte
	steps      []step
	stateless  bool
	// pair is the only step, where there is one and it has a fused form; before is
	// room for what a row was before it was learned.
	pair   learner.PairTransformer
	before []float64
	// One of these is the learner, by the task.
	classifier learner.Classifier
	regressor  learner.Regressor
	detector   learner.Detector
	// pairClassifier is classifier, where it has a fused form.
	pairClassifier learner.PairClassifier
	rows           uint64

	// workers is what SetWorkers set, 0 before.
	workers int
	bounded []float64
	scores  []float64
	batch   batchBuffers
}

// step is a transformer and room for what comes out of it.
type step struct {
	learner.Transformer
	out []float64
}

// Prediction is what a model says about one row.
type Prediction struct {
	// Class is the most probable class, of equals the earlier one, or -1 while
	// the model knows nothing, and for tasks other than classification.
	Class int
	// Value is the predicted number in a regression; in anomaly detection it is
	// how unusual the row is, in [0, 1].
	Value float64
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
	m := &Model{plan: p, configText: text, digest: sha256.Sum256(text), stateless: true}
	m.bounded = make([]float64, len(p.config.Features))
	key := random.New(p.config.Seed)
	for i, s := range p.steps {
		t := s.build(key.With(uint64(i)))
		m.steps = append(m.steps, step{t, make([]float64, len(t.Schema()))})
		m.stateless = m.stateless && t.Stateless()
	}
	if len(m.steps) == 1 {
		m.pair, _ = m.steps[0].Transformer.(learner.PairTransformer)
	}
	if !m.stateless {
		m.before = make([]float64, len(p.schema))
	}
	m.scores = make([]float64, p.classes)
	in := learner.Input{Schema: p.schema, Classes: p.classes, Key: key}
	if p.config.Members != nil {
		in.Members = *p.config.Members
	}
	m.build(in)
	return m, nil
}

func (m *Model) build(in learner.Input) {
	r := m.plan.learner
	switch r.algorithm.task {
	case TaskClassification:
		m.classifier = r.classifier(in)
		m.pairClassifier, _ = m.classifier.(learner.PairClassifier)
	case TaskRegression:
		m.regressor = r.regressor(in)
	default:
		m.detector = r.algorithm.detector(in, r.values)
	}
}

func (r *resolved) classifier(in learner.Input) learner.Classifier {
	return r.algorithm.classifier(in, r.values, r.makers())
}

func (r *resolved) regressor(in learner.Input) learner.Regressor {
	return r.algorithm.regressor(in, r.values, r.makers())
}

func (r *resolved) makers() base {
	if r.base == nil {
		return base{}
	}
	return base{classifier: r.base.classifier, regressor: r.base.regressor}
}

// Config is the configuration with every default filled in.
func (m *Model) Config() Config { return m.plan.complete() }

// Task is the model's task.
func (m *Model) Task() string { return m.plan.config.Task }

// Classes is the number of classes of a classifier, else 0.
func (m *Model) Classes() int { return m.plan.classes }

// Rows is the number of rows learned.
func (m *Model) Rows() uint64 { return m.rows }

// Predict says what x is, by the state as it is: nothing is learned. x holds one
// value for each feature, NaN where one is missing; a magnitude above 1e100,
// infinity too, counts as 1e100. It panics when x is of another length.
func (m *Model) Predict(x []float64) Prediction {
	return m.predict(m.transform(m.bound(x)))
}

// Learn takes one row, of which Predict's rules hold, and what it is: the number
// of its class, or the number to be predicted, of which a magnitude above 1e100
// counts as 1e100. A row whose y is NaN, or none of the classes, is not learned;
// a detector learns every row and looks at no y. at is the row's place in the
// stream, the key of what is random about it.
func (m *Model) Learn(x []float64, y float64, at random.At) {
	if y, ok := m.target(y); ok {
		m.learn(m.learnTransform(m.bound(x)), y, at)
	}
}

// PredictLearn predicts x by the state as it was before, then learns x, as
// prequential evaluation demands. It does not allocate.
func (m *Model) PredictLearn(x []float64, y float64, at random.At) Prediction {
	y, ok := m.target(y)
	if ok && m.pair != nil && m.pairClassifier != nil && len(x) == len(m.bounded) {
		// What a prediction is made of stays in the model until here: one that is
		// handed on is written and at once read back in other parts, which stalls.
		m.predictLearnPair(x, y, at)
		return Prediction{Class: best(m.scores), Scores: m.scores}
	}
	x = m.bound(x)
	if !ok {
		return m.predict(m.transform(x))
	}
	if m.stateless {
		return m.predictLearn(m.transform(x), y, at)
	}
	before := m.before[:copy(m.before, m.transform(x))]
	after := m.learnTransform(x)
	if slices.EqualFunc(before, after, sameBits) {
		// As it is mostly, but for scalers that every row moves.
		return m.predictLearn(after, y, at)
	}
	p := m.predict(before)
	m.learn(after, y, at)
	return p
}

// predictLearnPair is PredictLearn of a transformer and a classifier that have
// fused forms, which fills the scores.
func (m *Model) predictLearnPair(x []float64, y float64, at random.At) {
	before, after := m.before, m.steps[0].out
	m.pair.TransformPair(before, after, x)
	m.pairClassifier.PredictLearnPair(before, after, m.scores, int(y), 1, at)
	m.rows++
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// target tells whether a row with y is learned, and brings y into its bounds.
func (m *Model) target(y float64) (float64, bool) {
	switch {
	case m.classifier != nil:
		return y, y >= 0 && y < float64(m.plan.classes) && y == math.Trunc(y)
	case m.regressor != nil:
		return min(max(y, -learner.Limit), learner.Limit), y == y
	}
	return y, true
}

func (m *Model) predict(x []float64) Prediction {
	switch {
	case m.classifier != nil:
		m.classifier.Predict(x, m.scores)
		return Prediction{Class: best(m.scores), Scores: m.scores}
	case m.regressor != nil:
		return Prediction{Class: -1, Value: m.regressor.Predict(x)}
	}
	return Prediction{Class: -1, Value: m.detector.Score(x)}
}

func (m *Model) learn(x []float64, y float64, at random.At) {
	switch {
	case m.classifier != nil:
		m.classifier.Learn(x, int(y), 1, at)
	case m.regressor != nil:
		m.regressor.Learn(x, y, 1, at)
	default:
		m.detector.Learn(x, at)
	}
	m.rows++
}

func (m *Model) predictLearn(x []float64, y float64, at random.At) Prediction {
	m.rows++
	switch {
	case m.classifier != nil:
		m.classifier.PredictLearn(x, m.scores, int(y), 1, at)
		return Prediction{Class: best(m.scores), Scores: m.scores}
	case m.regressor != nil:
		return Prediction{Class: -1, Value: m.regressor.PredictLearn(x, y, 1, at)}
	}
	return Prediction{Class: -1, Value: m.detector.ScoreLearn(x, at)}
}

// best is the first of the highest scores, or -1 when all are 0.
func best(scores []float64) int {
	best, highest := -1, 0.0
	for i, s := range scores {
		if s > highest {
			best, highest = i, s
		}
	}
	return best
}

func (m *Model) transform(x []float64) []float64 {
	for i := range m.steps {
		s := &m.steps[i]
		s.Transform(s.out, x)
		x = s.out
	}
	return x
}

func (m *Model) learnTransform(x []float64) []float64 {
	for i := range m.steps {
		s := &m.steps[i]
		s.LearnTransform(s.out, x)
		x = s.out
	}
	return x
}

// bound returns x, or a copy of it when a value is beyond learner.Limit.
func (m *Model) bound(x []float64) []float64 {
	if len(x) != len(m.bounded) {
		panic(fmt.Sprintf("online: the row has %d values, the model %d features", len(x), len(m.bounded)))
	}
	for _, v := range x {
		if math.Abs(v) > learner.Limit {
			for i, v := range x {
				m.bounded[i] = min(max(v, -learner.Limit), learner.Limit)
			}
			return m.bounded
		}
	}
	return x
}
