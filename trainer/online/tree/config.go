package tree

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// LeafPrediction is how a leaf predicts.
type LeafPrediction uint8

const (
	// NBAdaptive leaves predict by naive Bayes while that has been right at
	// least as often as the majority class, before learning each row.
	NBAdaptive LeafPrediction = iota
	// NaiveBayes leaves predict by naive Bayes.
	NaiveBayes
	// MajorityClass leaves predict the shares of the classes.
	MajorityClass
)

// Criterion is what a split is judged by.
type Criterion uint8

const (
	// InfoGain is by how many bits a split lessens the entropy of the classes.
	InfoGain Criterion = iota
	// Gini is 1 less the Gini impurity that a split leaves.
	Gini
	// Hellinger is the Hellinger distance between the first two classes (Cieslak
	// and others 2012), which does not depend on how rare one of them is.
	Hellinger
)

// Observer is how a leaf observes the numbers of a feature.
type Observer uint8

const (
	// Gaussian keeps the normal distribution of each class.
	Gaussian Observer = iota
	// Histogram keeps a histogram of each class whose closest bins merge (Ben-Haim
	// and Tom-Tov 2010).
	Histogram
	// Quantizer keeps the weight of each class in cells of one width (after
	// Mastelini and de Carvalho 2021).
	Quantizer
)

// Config are the parameters of a tree; Defaults has those of the literature.
type Config struct {
	// GracePeriod is the weight that a leaf takes between attempts to split it.
	GracePeriod float64
	// Delta is the probability of a wrong split that the Hoeffding bound allows.
	Delta float64
	// Tau is the bound below which ties are broken.
	Tau            float64
	LeafPrediction LeafPrediction
	Criterion      Criterion
	Observer       Observer
	// Bins is how many bins or cells a leaf keeps of a feature and class at most.
	Bins int
	// Radius is the width of a cell.
	Radius float64
	// NBThreshold is the weight from which on NaiveBayes leaves do not predict
	// as MajorityClass does.
	NBThreshold float64
	// ZeroDensity has naive Bayes take the density of a class without variance as 0,
	// but at its one value, and of a class that a leaf has not seen as 0, where
	// otherwise such a density takes no part.
	ZeroDensity bool
	// Splits is the number of thresholds that are tried for a numeric feature.
	Splits int
	// MaxDepth is the depth at which leaves stop learning; 0 means no such depth.
	MaxDepth int
	// MinBranchFraction is the share of the weight that two branches must exceed.
	MinBranchFraction float64
	// MaxShareToSplit is the share of one class above which a leaf is not split.
	MaxShareToSplit float64
	// BinarySplit excludes splits of a nominal feature into all its levels.
	BinarySplit bool
	// MeritPreprune counts not splitting among the candidates.
	MeritPreprune bool
	// RemovePoorAttributes stops observing features that are behind the best by
	// more than the bound, in MajorityClass leaves.
	RemovePoorAttributes bool
	// MaxBytes bounds LogicalBytes.
	MaxBytes int
	// Subspace is how many features each leaf draws for itself when it first
	// learns; 0 means that it has all.
	Subspace int
}

// Defaults are the parameters that the literature and River have.
func Defaults() Config {
	return FromValues(parameter.MustParse(Parameters, nil))
}

// MaxBins bounds the number of bins.
const MaxBins = 1024

// Parameters are the parameters of a Hoeffding tree.
var Parameters = []parameter.Spec{
	{Name: "gracePeriod", Default: 200, Min: 1, Max: 1e9, Doc: "Weight that a leaf takes between attempts to split it."},
	{Name: "delta", Default: 1e-7, Min: 0, Max: 1, MinOpen: true, MaxOpen: true, Doc: "Allowed probability of choosing a wrong split."},
	{Name: "tau", Default: 0.05, Min: 0, Max: 10, Doc: "Hoeffding bound below which a leaf is split although the best candidates are tied."},
	{
		Name: "leafPrediction", Type: parameter.Choice, Word: "NBAdaptive", Choices: []string{"NBAdaptive", "NaiveBayes", "MajorityClass"},
		Doc: "How leaves predict: by naive Bayes, by their most frequent class, or by which of the two was right more often.",
	},
	{
		Name: "splitCriterion", Type: parameter.Choice, Word: "InfoGain", Choices: []string{"InfoGain", "Gini", "Hellinger"},
		Doc: "What a split is judged by.",
	},
	{Name: "nbThreshold", Default: 0, Min: 0, Max: 1e9, Doc: "Weight below which NaiveBayes leaves predict their most frequent class."},
	{
		Name: "missingDensity", Type: parameter.Choice, Word: "One", Choices: []string{"One", "Zero"},
		Doc: "The density that naive Bayes in a leaf gives a class that the leaf has not seen, or of which all numbers were equal: One, as in River, " +
			"or Zero, as in MOA, but One at that number.",
	},
	{
		Name: "splits", Type: parameter.Integer, Default: 10, Min: 1, Max: 1000, By: "numericObserver", Defaults: map[string]float64{"Histogram": 32},
		Doc: "Number of thresholds tried for a numeric feature, where there are no cells; 32 for histograms unless given.",
	},
	{
		Name: "numericObserver", Type: parameter.Choice, Word: "Gaussian", Choices: []string{"Gaussian", "Histogram", "Quantizer"},
		Doc: "What leaves keep of each class's numbers: a normal distribution, a histogram, or the weights in cells of one width.",
	},
	{Name: "maxBins", Type: parameter.Integer, Default: 256, Min: 2, Max: MaxBins, Doc: "Most bins or cells that a leaf keeps of a feature and class."},
	{Name: "quantizerRadius", Default: 0.25, Min: 1e-9, Max: 1e9, Doc: "Width of the cells of the observer Quantizer."},
	{Name: "maxDepth", Type: parameter.Integer, Default: 0, Min: 0, Max: 1000, Doc: "Depth from which on leaves are not split; 0 means any depth."},
	{
		Name: "minBranchFraction", Default: 0.01, Min: 0, Max: 0.5, MaxOpen: true,
		Doc: "Share of the weight that at least two branches of a split must exceed.",
	},
	{Name: "maxShareToSplit", Default: 0.99, Min: 0, Max: 1, MinOpen: true, Doc: "Share of one class above which a leaf is not split."},
	{Name: "binarySplit", Type: parameter.Flag, Doc: "Split nominal features into one level and the others only, never into all levels."},
	{Name: "meritPreprune", Type: parameter.Flag, Default: 1, Doc: "Count not splitting among the candidates."},
	{
		Name: "removePoorAttributes", Type: parameter.Flag,
		Doc: "Stop observing features that are behind the best by more than the bound, where leaves predict their most frequent class.",
	},
	{
		Name: "maxBytes", Type: parameter.Integer, Default: 100 << 20, Min: 1 << 10, Max: 1 << 40,
		Doc: "Bound of the tree's logical size in bytes; the leaves of the least promise stop learning before it is exceeded.",
	},
}

// FromValues reads the parameters.
func FromValues(v parameter.Values) Config {
	c := fromCommon(v)
	c.MeritPreprune, c.RemovePoorAttributes = v.Flag("meritPreprune"), v.Flag("removePoorAttributes")
	return c
}

// fromCommon reads the parameters that all trees have.
func fromCommon(v parameter.Values) Config {
	c := Config{
		GracePeriod:       v.Real("gracePeriod"),
		Delta:             v.Real("delta"),
		Tau:               v.Real("tau"),
		NBThreshold:       v.Real("nbThreshold"),
		Splits:            v.Int("splits"),
		MaxDepth:          v.Int("maxDepth"),
		MinBranchFraction: v.Real("minBranchFraction"),
		MaxShareToSplit:   v.Real("maxShareToSplit"),
		BinarySplit:       v.Flag("binarySplit"),
		MaxBytes:          v.Int("maxBytes"),
		Bins:              v.Int("maxBins"),
		Radius:            v.Real("quantizerRadius"),
		ZeroDensity:       v.Word("missingDensity") == "Zero",
	}
	switch v.Word("numericObserver") {
	case "Histogram":
		c.Observer = Histogram
	case "Quantizer":
		c.Observer = Quantizer
	}
	switch v.Word("leafPrediction") {
	case "NaiveBayes":
		c.LeafPrediction = NaiveBayes
	case "MajorityClass":
		c.LeafPrediction = MajorityClass
	}
	switch v.Word("splitCriterion") {
	case "Gini":
		c.Criterion = Gini
	case "Hellinger":
		c.Criterion = Hellinger
	}
	return c
}

// LeastBytes is what a tree of one leaf that observes nothing takes: the least that
// MaxBytes can be for a tree to keep it.
func LeastBytes(in learner.Input, c Config) int {
	l := newLayout(in, c)
	return 2*nodeBytes + 8*l.head
}

// LeastAdaptiveBytes is LeastBytes for Adaptive.
func LeastAdaptiveBytes(in learner.Input, v parameter.Values) int {
	return LeastBytes(in, FromValues(v)) + 2*monitorBytes
}

// LeastExtremelyFastBytes is LeastBytes for ExtremelyFast.
func LeastExtremelyFastBytes(in learner.Input, v parameter.Values) int {
	return LeastBytes(in, fromCommon(v))
}
