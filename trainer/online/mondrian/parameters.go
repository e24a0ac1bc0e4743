package mondrian

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var shared = []parameter.Spec{
	{Name: "members", Type: parameter.Integer, Default: 10, Min: 1, Max: 10_000, Doc: "Number of trees."},
	{Name: "step", Default: 1, Min: 0, Max: 1000, MinOpen: true, Doc: "Step size of the weights by which the prunings of a tree are aggregated."},
	{Name: "useAggregation", Type: parameter.Flag, Default: 1, Doc: "Whether all nodes on a row's path predict, by their weights, and not the leaf alone."},
	{Name: "maxNodes", Type: parameter.Integer, Default: 0, Min: 0, Max: 1 << 30, Doc: "Number of nodes at which a tree stops splitting; 0 for no limit."},
	{Name: "maxBytes", Type: parameter.Integer, Default: 1 << 30, Min: 1024, Max: 1 << 40, Doc: "Memory of all trees together, of which each has the same part and stops splitting when it has used it."},
}

// ClassifierParameters are the parameters of Classifier.
var ClassifierParameters = append([]parameter.Spec{
	{Name: "dirichlet", Default: 0.5, Min: 0, Max: 1000, MinOpen: true, Doc: "What is added to the number of a node's rows of every class; one over the number of classes is a good value."},
	{Name: "splitPure", Type: parameter.Flag, Doc: "Whether nodes are split whose rows are all of the class of the new one."},
}, shared...)

// RegressorParameters are the parameters of Regressor.
var RegressorParameters = shared

// nodeLimit is how many nodes a tree may have: a split needs two more.
func nodeLimit(in learner.Input, v parameter.Values, values int) int {
	each := v.Int("maxBytes") / v.Int("members") / nodeBytes(values, len(in.Schema))
	limit := min(max(each-1, 1), 1<<30)
	if n := v.Int("maxNodes"); n > 0 {
		limit = min(limit, n)
	}
	return limit
}

// LeastBytes is what trees of one node each take.
func LeastBytes(in learner.Input, v parameter.Values) int {
	return v.Int("members") * nodeBytes(max(in.Classes, 1), len(in.Schema))
}
