package forest

import (
	"slices"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/tree"
)

// RandomForestParameters are the parameters of an adaptive random forest: its own
// and its trees'. The windows' confidences are 0.01 and 0.05, where River and MOA
// have 0.001 and 0.01: as only errors that become more frequent count here, there
// are fewer false drifts, and the mean accuracy over the tests' data sets and six
// generated streams is 0.2 points higher. √n features are better than 60 % of
// them by 1.5 points on these data sets, and faster, but worse by 0.7 points when
// the streams count too. All this was measured with missingDensity=One; with Zero
// and six seeds, these confidences gain 0.3 points on SEA and 0.7 on the first
// 15,000 rows of elec2 and lose 0.1 on image_segments, and √n features gain 0.9 on
// the data sets and lose 1.1 on RandomRBF.
var RandomForestParameters = slices.Concat([]parameter.Spec{
	membersParameter,
	featureCount("maxFeatures", "sqrt", "How many features each leaf draws for itself."),
}, commonParameters(0.01, 0.05), treeParameters())

// PatchesParameters are the parameters of streaming random patches: its own and
// its trees'. The windows' confidences are 0.001 and 0.01, where River and MOA
// have 0.00001 and 0.0001: the mean accuracy over the tests' data sets is 0.2
// points higher, and 0.5 with six generated streams. This was measured with
// missingDensity=One; with Zero, they gain 0.7 points on elec2 and lose 0.9 on SEA
// (20 seeds) and 0.2 on LED, and nothing on Hyperplane, RandomRBF and the others.
var PatchesParameters = slices.Concat([]parameter.Spec{
	membersParameter,
	{
		Name: "trainingMethod", Type: parameter.Choice, Word: "Patches", Choices: []string{"Subspaces", "Resampling", "Patches"},
		Doc: "Whether each tree has features of its own, random weights of the rows, or both.",
	},
	featureCount("subspaceSize", "60%", "How many features each tree has, but with the method Resampling."),
	{
		Name: "watchedErrors", Type: parameter.Choice, Word: "Before", Choices: []string{"Before", "After"},
		Doc: "Whether the windows see the errors about rows before a tree learns them, or after, as in River and MOA, which is slower.",
	},
}, commonParameters(0.001, 0.01), treeParameters())

var membersParameter = parameter.Spec{
	Name: "members", Type: parameter.Integer, Default: 10, Min: 1, Max: 10000, Doc: "Number of trees.",
}

func commonParameters(driftDelta, warningDelta float64) []parameter.Spec {
	return []parameter.Spec{
		{
			Name: "lambda", Default: 6, Min: 0, Max: random.MaxPoissonRate, MinOpen: true,
			Doc: "Mean of the Poisson distribution from which each tree's weight of a row is drawn.",
		},
		{
			Name: "driftDelta", Default: driftDelta, Min: 0, Max: 1, MinOpen: true, MaxOpen: true,
			Doc: "Probability that the window over a tree's errors sees a drift where there is none.",
		},
		{
			Name: "warningDelta", Default: warningDelta, Min: 0, Max: 1, MinOpen: true, MaxOpen: true,
			Doc: "Probability that the window over a tree's errors gives a warning where there is no drift.",
		},
		{Name: "disableWeightedVote", Type: parameter.Flag, Doc: "Let all trees' votes count the same, however often they were right."},
		{Name: "disableDriftDetection", Type: parameter.Flag, Doc: "Never replace a tree."},
		{
			Name: "disableBackgroundTrees", Type: parameter.Flag,
			Doc: "Replace a tree at a drift by one that has learned nothing, rather than by one that has learned since a warning.",
		},
	}
}

// treeParameters are the trees' parameters, with the defaults of the forests. A
// missing density is Zero, as in MOA, where it is River's One in a single tree: in
// a leaf that has just begun, One favours a class that the leaf has not seen, or has
// seen once, over one whose density it knows. By the mean of six seeds, over One, an
// adaptive random forest gains 1.6 points on the first 15,000 rows of elec2, 2.6 on
// image_segments, 0.7 on SEA and 0.1 on RandomRBF, and loses 0.1 on phishing and
// bananas, less than their seeds differ; patches gain 1.2, 5.4, 0.0 and 0.3, and
// lose 0.0.
func treeParameters() []parameter.Spec {
	specs := slices.Clone(tree.Parameters)
	for i := range specs {
		switch specs[i].Name {
		case "gracePeriod":
			specs[i].Default = 50
		case "delta":
			specs[i].Default = 0.01
		case "missingDensity":
			specs[i].Word = "Zero"
		case "maxBytes":
			specs[i].Default, specs[i].Min = 1<<30, 1<<20
			specs[i].Doc = "Bound of the forest's logical size in bytes, of which each tree has an equal share; " +
				"its leaves of the least promise stop learning before it is exceeded."
		}
	}
	return specs
}

// newShared reads the parameters that both forests have.
func newShared(in learner.Input, v parameter.Values) *shared {
	s := &shared{
		tree:      tree.FromValues(v),
		input:     in,
		poisson:   random.NewPoisson(v.Real("lambda")),
		drift:     drift.DefaultSettings(v.Real("driftDelta")),
		warning:   drift.DefaultSettings(v.Real("warningDelta")),
		resamples: true,
		watches:   !v.Flag("disableDriftDetection"),
		prepares:  !v.Flag("disableBackgroundTrees"),
		weighs:    !v.Flag("disableWeightedVote"),
	}
	s.tree.MaxBytes = max(v.Int("maxBytes")/treeCount(v)-memberBytes, 0)
	return s
}

// treeCount is how many trees share the memory: each member has two, if one
// learns in the background.
func treeCount(v parameter.Values) int {
	if v.Flag("disableDriftDetection") || v.Flag("disableBackgroundTrees") {
		return v.Int("members")
	}
	return 2 * v.Int("members")
}

// LeastRandomForestBytes is what trees of one leaf each take in a forest.
func LeastRandomForestBytes(in learner.Input, v parameter.Values) int {
	c := tree.FromValues(v)
	c.Subspace = countFeatures(v.Word("maxFeatures"), len(in.Schema), 1)
	return treeCount(v) * (tree.LeastBytes(in, c) + memberBytes)
}

// LeastPatchesBytes is what trees of one leaf each take in patches.
func LeastPatchesBytes(in learner.Input, v parameter.Values) int {
	in.Schema = patch(in.Schema, v)
	return treeCount(v) * (tree.LeastBytes(in, tree.FromValues(v)) + memberBytes)
}

// patch is a schema as long as what a tree of patches sees.
func patch(s learner.Schema, v parameter.Values) learner.Schema {
	if v.Word("trainingMethod") == "Resampling" {
		return s
	}
	return s[:countFeatures(v.Word("subspaceSize"), len(s), 2)]
}

// NewRandomForest returns an adaptive random forest that has learned nothing
// (Gomes and others, "Adaptive random forests for evolving data stream
// classification", 2017). Each leaf of its trees draws the features that it looks
// at when it first learns. Each row is learned with a weight from the Poisson
// distribution of rate λ, or not where that is 0, and whether the tree was wrong
// about the row before learning it goes to two windows (ADWIN): one for warnings,
// at which a tree in the background starts to learn the same rows with the same
// weights, and one for drifts, at which that tree, or where there is none a new
// one, takes the place. Votes count by the share of rows of which the tree was
// right since it took its place.
//
// This is River's forest.ARFClassifier but in two things, in which it is MOA's. A
// tree is only replaced when its errors become more frequent: River also replaces
// one that gets better, and so again and again those that have just begun to
// learn. And a class that a leaf has not seen has no density there. With the same
// weights and features and missingDensity=One, River's trees are these, row by row.
// What missing values mean is for the trees to say.
func NewRandomForest(in learner.Input, v parameter.Values) *Classifier {
	s := newShared(in, v)
	s.tree.Subspace = countFeatures(v.Word("maxFeatures"), len(in.Schema), 1)
	return newForest(s, v.Int("members"), nil)
}

// NewPatches returns streaming random patches that have learned nothing (Gomes,
// Read, Bifet, "Streaming Random Patches for Evolving Data Stream
// Classification", 2019). Each tree looks at features of its own, which differ
// between the first trees as long as there are others; a tree that starts later
// has others again. Rows have weights, and trees are replaced, as in
// NewRandomForest.
//
// River's ensemble.SRPClassifier takes the first subspaces in the order of the
// features, so that nearly all of these trees look at the same ones; here they are
// drawn, as in MOA. Both ask a tree once more about a row that it has learned, and show
// its windows that answer; here it is the one before, unless watchedErrors says
// otherwise.
func NewPatches(in learner.Input, v parameter.Values) *Classifier {
	s := newShared(in, v)
	method := v.Word("trainingMethod")
	s.resamples = method != "Subspaces"
	s.after = v.Word("watchedErrors") == "After"
	members := v.Int("members")
	n := countFeatures(v.Word("subspaceSize"), len(in.Schema), 2)
	if method == "Resampling" || n == len(in.Schema) {
		return newForest(s, members, nil)
	}
	s.features = n
	return newForest(s, members, distinctSubsets(in.Key.For(random.Subspace), members, len(in.Schema), n))
}

// newForest makes the members that the input asks for. first are the features of
// each one's first tree, or nil where trees look at all.
func newForest(s *shared, members int, first [][]int32) *Classifier {
	from, to := s.input.Members.Range(members)
	f := &Classifier{classes: s.input.Classes, vote: make([]float64, s.input.Classes)}
	for i := from; i < to; i++ {
		var columns []int32
		if first != nil {
			columns = first[i]
		}
		f.members = append(f.members, newMember(s, s.input.Key.With(uint64(i)), columns))
	}
	return f
}
