package regressiontree

import (
	"math"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
)

// The words of the parameters.
const (
	predictMean     = "Mean"
	predictLinear   = "Linear"
	predictAdaptive = "Adaptive"

	observeQuantizer  = "Quantizer"
	observeConsistent = "ConsistentQuantizer"
	observeHistogram  = "Histogram"
)

// Parameters are what every tree has, with the defaults of those that differ: the
// last is the one of maxBytes, in MiB.
//
// The observer Quantizer chooses splits as River's QOSplitter does, which judges
// a threshold by an interval that then lies beyond it, and starts the left child
// with the moments of both. ConsistentQuantizer has the same intervals, but does
// neither.
func Parameters(grace, delta float64, megabytes int) []parameter.Spec {
	return []parameter.Spec{
		{Name: "gracePeriod", Type: parameter.Integer, Default: grace, Min: 1, Max: 1e9, Doc: "Weight that a leaf sees between two attempts to split it."},
		{Name: "delta", Default: delta, Min: 0, Max: 1, MinOpen: true, MaxOpen: true, Doc: "Probability that a split is not the best one."},
		{Name: "tau", Default: 0.05, Min: 0, Max: 1, Doc: "Hoeffding bound below which features count as equally good and the leaf is split."},
		{Name: "maxDepth", Type: parameter.Integer, Min: 0, Max: depthLimit, Doc: "Depth from which on leaves are not split; 0 means 980, as in River."},
		{
			Name: "leafPrediction", Type: parameter.Choice, Word: predictAdaptive, Choices: []string{predictMean, predictLinear, predictAdaptive},
			Doc: "What a leaf predicts: the mean of its targets, its linear model, or whichever of both was better lately.",
		},
		{Name: "modelSelectorDecay", Default: 0.95, Min: 0, Max: 1, Doc: "Factor by which an adaptive leaf forgets errors with every row."},
		{Name: "leafLearningRate", Default: 0.01, Min: 0, Max: 1, MinOpen: true, Doc: "Step size of the linear models in the leaves, intercept included."},
		{
			Name: "numericObserver", Type: parameter.Choice, Word: observeQuantizer, Choices: []string{observeQuantizer, observeConsistent, observeHistogram},
			Doc: "How leaves look for thresholds: between intervals of one width, which wants scaled features, by River's rule or by a consistent one, " +
				"or between bins that follow the values.",
		},
		{Name: "radius", Default: 0.25, Min: 1e-6, Max: 1e6, Doc: "Width of the quantizer's intervals, in units of the feature."},
		{
			Name: "maxSlots", Type: parameter.Integer, Default: 128, Min: 8, Max: 4096,
			Doc: "Intervals or bins that an observer has at most; a quantizer with more doubles its intervals.",
		},
		{Name: "minSamplesSplit", Type: parameter.Integer, Default: 5, Min: 1, Max: 1e9, Doc: "Weight that each side of a split has at least."},
		{Name: "binarySplit", Type: parameter.Flag, Doc: "Split nominal features in two only, instead of by each level."},
		{Name: "meritPreprune", Type: parameter.Flag, Default: 1, Doc: "Compare splits with not splitting."},
		{
			Name: "maxBytes", Type: parameter.Integer, Default: float64(megabytes << 20), Min: 1 << 14, Max: 1 << 36,
			Doc: "Logical size at which leaves stop observing, the deepest first, and at last the tree stops growing.",
		},
	}
}

// depthLimit bounds the depth of every tree.
const depthLimit = 980

// Settings are the parameters of a tree, and what the trees of an ensemble
// share. They do not change.
type Settings struct {
	nominal []bool
	width   int
	// stride is how many numbers a leaf has.
	stride int
	// observed is how many features a leaf observes.
	observed int
	grace    float64
	// bound is ln(1/δ)/2: the Hoeffding bound is the root of it by the weight.
	bound     float64
	tau       float64
	maxDepth  int32
	model     bool
	mean      bool
	decay     float64
	rate      float64
	histogram bool
	// between tells that splits are consistent with the moments of both sides.
	between    bool
	radius     float64
	inverse    float64
	exact      bool
	maxSlots   int
	minSamples float64
	binary     bool
	preprune   bool
	maxBytes   int
	// steps tells that leaves learn a row of weight k as k rows, apart from what they
	// observe, so that their models make k steps rather than one of k times the size.
	steps bool
	// windows are the settings of the windows over the errors of nodes, or nil.
	windows *drift.Settings
}

// NewSettings reads the parameters for trees whose rows are those of the input.
func NewSettings(in learner.Input, v parameter.Values) *Settings {
	s := &Settings{
		grace:      v.Real("gracePeriod"),
		bound:      numeric.Log(1/v.Real("delta")) / 2,
		tau:        v.Real("tau"),
		maxDepth:   int32(v.Int("maxDepth")),
		mean:       v.Word("leafPrediction") == predictMean,
		model:      v.Word("leafPrediction") == predictLinear,
		decay:      v.Real("modelSelectorDecay"),
		rate:       v.Real("leafLearningRate"),
		histogram:  v.Word("numericObserver") == observeHistogram,
		between:    v.Word("numericObserver") != observeQuantizer,
		radius:     v.Real("radius"),
		maxSlots:   v.Int("maxSlots"),
		minSamples: v.Real("minSamplesSplit"),
		binary:     v.Flag("binarySplit"),
		preprune:   v.Flag("meritPreprune"),
		maxBytes:   v.Int("maxBytes"),
	}
	if s.maxDepth == 0 {
		s.maxDepth = depthLimit
	}
	s.see(in.Schema)
	// The reciprocal of a power of two is exact.
	s.inverse = 1 / s.radius
	s.exact = math.Float64bits(s.radius)<<12 == 0
	return s
}

// see makes the rows those of the schema, of which leaves observe all values.
func (s *Settings) see(schema learner.Schema) {
	s.width, s.observed = len(schema), len(schema)
	s.nominal = make([]bool, s.width)
	for i, kind := range schema {
		s.nominal[i] = kind == learner.Level
	}
	s.stride = leafNumbers
	if !s.mean {
		s.stride += s.width
	}
}

// For are the same settings for rows of another schema, and another cap.
func (s *Settings) For(schema learner.Schema, maxBytes int) *Settings {
	other := *s
	other.see(schema)
	other.maxBytes = maxBytes
	return &other
}

// Subspace lets every leaf observe so many features that it draws.
func (s *Settings) Subspace(features int) { s.observed = min(max(features, 1), s.width) }

// Step lets leaves learn a row of weight k as k rows, apart from what they
// observe: so their linear models make k steps rather than one of k times the
// size, which overshoots. There are at most 64 steps, of equal size.
func (s *Settings) Step() { s.steps = true }

// nodeBytes is the logical size of a node.
func (s *Settings) nodeBytes() int {
	if s.windows != nil {
		return nodeBytes + watcherBytes
	}
	return nodeBytes
}

func (s *Settings) heapBytes() int { return 256 + cap(s.nominal) }
