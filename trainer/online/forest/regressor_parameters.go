package forest

import (
	"slices"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/regressiontree"
)

// RandomForestRegressorParameters are the parameters of an adaptive random forest
// for regression: its own and its trees'.
var RandomForestRegressorParameters = slices.Concat([]parameter.Spec{
	membersParameter,
	featureCount("maxFeatures", "sqrt", "How many features each leaf draws for itself."),
}, regressorParameters("Median", 0.001, 0.01))

// PatchesRegressorParameters are the parameters of streaming random patches for
// regression: its own and its trees'.
var PatchesRegressorParameters = slices.Concat([]parameter.Spec{
	membersParameter,
	{
		Name: "trainingMethod", Type: parameter.Choice, Word: "Patches", Choices: []string{"Subspaces", "Resampling", "Patches"},
		Doc: "Whether each tree has features of its own, random weights of the rows, or both.",
	},
	featureCount("subspaceSize", "60%", "How many features each tree has, but with the method Resampling."),
}, regressorParameters("Mean", 1e-5, 1e-4))

// regressorParameters are what both forests have, and their trees.
func regressorParameters(aggregation string, driftDelta, warningDelta float64) []parameter.Spec {
	common := commonParameters(driftDelta, warningDelta)
	for i := range common {
		if common[i].Name == "disableWeightedVote" {
			common[i].Default = 1
			common[i].Doc = "Let all trees count the same in a mean, however large their errors were; in a median they always do."
		}
	}
	trees := regressiontree.Parameters(50, 0.01, 500)
	for i := range trees {
		switch trees[i].Name {
		case "numericObserver":
			// Over ten seeds it has lower errors than River's rule has on all data sets
			// of this project, and than River's default observer.
			trees[i].Word = "ConsistentQuantizer"
		case "maxBytes":
			trees[i].Default, trees[i].Min = 1<<30, 1<<20
			trees[i].Doc = "Bound of the forest's logical size in bytes, of which each tree has an equal share; " +
				"its deepest leaves stop observing before it is exceeded, and at last it stops growing."
		}
	}
	return slices.Concat([]parameter.Spec{{
		Name: "aggregation", Type: parameter.Choice, Word: aggregation, Choices: []string{"Mean", "Median"},
		Doc: "What of the trees' predictions is the forest's.",
	}}, common, trees)
}

// sharedRegressor is what all members of a forest have in common; nothing of it
// changes.
type sharedRegressor struct {
	settings       *regressiontree.Settings
	input          learner.Input
	poisson        *random.Poisson
	drift, warning *drift.Settings
	// features are how many features a tree looks at, or 0 where it looks at all,
	// and maxBytes is each tree's cap.
	features, maxBytes int
	// resamples tells that rows have random weights.
	resamples bool
	// watches tells that trees are replaced at drifts, and prepares that their
	// successors start to learn at warnings.
	watches, prepares bool
	// normalises tells that the windows see errors with their sign, brought into
	// [0, 1] by their deviation, as in the adaptive random forest; else they see
	// absolute errors after learning.
	normalises bool
}

func newSharedRegressor(in learner.Input, v parameter.Values) *sharedRegressor {
	s := &sharedRegressor{
		input:     in,
		poisson:   random.NewPoisson(v.Real("lambda")),
		drift:     drift.DefaultSettings(v.Real("driftDelta")),
		warning:   drift.DefaultSettings(v.Real("warningDelta")),
		resamples: true,
		watches:   !v.Flag("disableDriftDetection"),
		prepares:  !v.Flag("disableBackgroundTrees"),
	}
	s.maxBytes = max(v.Int("maxBytes")/treeCount(v)-memberBytes, 0)
	s.settings = regressiontree.NewSettings(in, v).For(in.Schema, s.maxBytes)
	s.settings.Step()
	return s
}

// NewRandomForestRegressor returns an adaptive random forest that has learned
// nothing.
func NewRandomForestRegressor(in learner.Input, v parameter.Values) *Regressor {
	s := newSharedRegressor(in, v)
	s.settings.Subspace(countFeatures(v.Word("maxFeatures"), len(in.Schema), 1))
	s.normalises = true
	return newRegressor(s, v, nil)
}

// NewPatchesRegressor returns streaming random patches that have learned nothing.
func NewPatchesRegressor(in learner.Input, v parameter.Values) *Regressor {
	s := newSharedRegressor(in, v)
	method := v.Word("trainingMethod")
	s.resamples = method != "Subspaces"
	n := countFeatures(v.Word("subspaceSize"), len(in.Schema), 2)
	if method == "Resampling" || n == len(in.Schema) {
		return newRegressor(s, v, nil)
	}
	s.features = n
	return newRegressor(s, v, distinctSubsets(in.Key.For(random.Subspace), v.Int("members"), len(in.Schema), n))
}

// newRegressor makes the members that the input asks for. first are the features
// of each one's first tree, or nil where trees look at all.
func newRegressor(s *sharedRegressor, v parameter.Values, first [][]int32) *Regressor {
	from, to := s.input.Members.Range(v.Int("members"))
	median := v.Word("aggregation") == "Median"
	f := &Regressor{median: median, weighs: !median && !v.Flag("disableWeightedVote")}
	for i := from; i < to; i++ {
		var columns []int32
		if first != nil {
			columns = first[i]
		}
		f.members = append(f.members, newRegressorMember(s, s.input.Key.With(uint64(i)), columns))
	}
	f.votes, f.weights = make([]float64, len(f.members)), make([]float64, len(f.members))
	return f
}

// LeastRandomForestRegressorBytes is LeastRandomForestBytes of regressors.
func LeastRandomForestRegressorBytes(in learner.Input, v parameter.Values) int {
	s := regressiontree.NewSettings(in, v)
	s.Subspace(countFeatures(v.Word("maxFeatures"), len(in.Schema), 1))
	return treeCount(v) * (s.LeastBytes() + memberBytes)
}

// LeastPatchesRegressorBytes is LeastPatchesBytes of regressors.
func LeastPatchesRegressorBytes(in learner.Input, v parameter.Values) int {
	in.Schema = patch(in.Schema, v)
	return treeCount(v) * (regressiontree.NewSettings(in, v).LeastBytes() + memberBytes)
}
