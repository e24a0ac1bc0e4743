package ensemble

import (
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// LeveragingParameters are the parameters of leveraging bagging.
var LeveragingParameters = windowParameters(6)

// ADWINBaggingParameters are the parameters of ADWIN bagging.
var ADWINBaggingParameters = windowParameters(1)

func windowParameters(lambda float64) []parameter.Spec {
	return []parameter.Spec{
		{Name: "members", Type: parameter.Integer, Default: 10, Min: 1, Max: 10000, Doc: "Number of base learners."},
		{
			Name: "lambda", Default: lambda, Min: 0, Max: random.MaxPoissonRate, MinOpen: true,
			Doc: "Mean of the Poisson distribution from which each member's weight of a row is drawn.",
		},
		{
			Name: "delta", Default: 0.002, Min: 0, Max: 1, MinOpen: true, MaxOpen: true,
			Doc: "Probability that the window over a member's errors sees a change where there is none.",
		},
		memoryCap,
	}
}

// Watched is bagging whose members' errors are watched: each member has a window
// (ADWIN) over whether it was wrong, and whenever any of these finds that errors
// have become more frequent, the member with the most frequent ones is replaced
// by one that has learned nothing. With λ = 1 it is ADWIN bagging (Bifet, Holmes,
// Pfahringer, Kirkby, Gavaldà, "New ensemble methods for evolving data streams",
// 2009), with a greater λ leveraging bagging (Bifet, Holmes, Pfahringer,
// "Leveraging Bagging for Evolving Data Streams", 2010).
//
// The windows take errors, as in these papers and in MOA; River's ADWIN bagging
// takes the opposite, and so replaces its best member. An error is what a member
// makes of a row once it has learned it, as in both. A window that has found a
// change goes on with what it has kept, as in the papers and in MOA: the members
// are compared by it, for which one that starts anew, as River's, knows too little.
// A weight of k is one step of the base with that weight, as in MOA, not k steps.
// What missing values mean is for the members to say, and so is any cap on memory.
type Watched struct {
	members []watched
	poisson *random.Poisson
	make    func(member int, generation uint64) learner.Classifier
	vote    []float64
	// after is what a member makes of a row that it has learned.
	after []float64
}

type watched struct {
	classifier learner.Classifier
	weights    random.Key
	errors     drift.ADWIN
	// generation is how many learners the place had before this one.
	generation uint64
}

// NewWatched returns an ensemble of members that have learned nothing.
func NewWatched(in learner.Input, v parameter.Values, base Maker) *Watched {
	w := &Watched{
		members: make([]watched, v.Int("members")),
		poisson: random.NewPoisson(v.Real("lambda")),
		vote:    make([]float64, in.Classes),
		after:   make([]float64, in.Classes),
	}
	w.make = func(member int, generation uint64) learner.Classifier {
		key := in.Key.With(uint64(member)).With(generation)
		return base(learner.Input{Schema: in.Schema, Classes: in.Classes, Key: key})
	}
	settings := drift.DefaultSettings(v.Real("delta"))
	settings.Keeps = true
	for i := range w.members {
		w.members[i] = watched{
			classifier: w.make(i, 0),
			weights:    in.Key.With(uint64(i)).For(random.Weights),
			errors:     drift.NewADWIN(settings),
		}
	}
	return w
}

// Predict implements learner.Classifier.
func (w *Watched) Predict(x, scores []float64) {
	clear(scores)
	for i := range w.members {
		w.members[i].classifier.Predict(x, w.vote)
		add(scores, w.vote)
	}
	share(scores)
}

// Learn implements learner.Classifier.
func (w *Watched) Learn(x []float64, class int, weight float64, at random.At) {
	changed := false
	for i := range w.members {
		if w.predictLearn(&w.members[i], x, class, weight, at) {
			changed = true
		}
	}
	if changed {
		w.replaceWorst()
	}
}

// PredictLearn implements learner.Classifier.
func (w *Watched) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	clear(scores)
	changed := false
	for i := range w.members {
		if w.predictLearn(&w.members[i], x, class, weight, at) {
			changed = true
		}
		add(scores, w.vote)
	}
	share(scores)
	if changed {
		w.replaceWorst()
	}
}

// predictLearn lets a member predict and learn a row, and tells whether its
// errors have become more frequent. It leaves the member's scores in vote.
func (w *Watched) predictLearn(m *watched, x []float64, class int, weight float64, at random.At) bool {
	after := w.vote
	if k := w.poisson.Of(m.weights.Uint64(uint64(at))); k > 0 {
		m.classifier.PredictLearn(x, w.vote, class, float64(float64(k)*weight), at)
		after = w.after
		m.classifier.Predict(x, after)
	} else {
		m.classifier.Predict(x, w.vote)
	}
	wrong := uint32(0)
	if highest(after) != class {
		wrong = 1
	}
	return m.errors.UpdateBit(wrong) && m.errors.Rose()
}

func (w *Watched) replaceWorst() {
	worst, most := 0, -1.0
	for i := range w.members {
		if e := w.members[i].errors.Estimate(); e > most {
			worst, most = i, e
		}
	}
	m := &w.members[worst]
	m.generation++
	m.classifier = w.make(worst, m.generation)
	m.errors.Reset()
}

// Fields implements flat.Stater.
func (w *Watched) Fields(c *flat.Codec) {
	for i := range w.members {
		m := &w.members[i]
		c.Group("member", func(c *flat.Codec) {
			c.Uint64("generation", &m.generation)
			if c.Reading() && m.generation > 0 {
				m.classifier = w.make(i, m.generation)
			}
			c.Part("errors", &m.errors)
			c.Part("base", m.classifier)
		})
	}
}

// HeapBytes implements learner.State.
func (w *Watched) HeapBytes() int {
	n := poissonBytes
	for i := range w.members {
		n += 80 + w.members[i].errors.HeapBytes() + w.members[i].classifier.HeapBytes()
	}
	return n
}

// LogicalBytes implements learner.State.
func (w *Watched) LogicalBytes() int {
	n := 0
	for i := range w.members {
		n += 8 + w.members[i].errors.LogicalBytes() + w.members[i].classifier.LogicalBytes()
	}
	return n
}
