package online

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/tree"
)

var treeAlgorithms = []algorithm{
	{
		name: "HoeffdingTree", task: TaskClassification, nominal: true,
		doc:        "Decision tree that splits a leaf once a statistical bound says that the best split is the best one.",
		parameters: tree.Parameters,
		least:      func(in learner.Input, v parameter.Values) int { return tree.LeastBytes(in, tree.FromValues(v)) },
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return tree.New(in, tree.FromValues(v))
		},
	},
	{
		name: "ExtremelyFastDecisionTree", task: TaskClassification, nominal: true,
		doc:        "Decision tree that splits a leaf as soon as that is better than not to, and replaces a split once another one is better.",
		parameters: tree.ExtremelyFastParameters, least: tree.LeastExtremelyFastBytes,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return tree.NewExtremelyFast(in, v)
		},
	},
	{
		name: "HoeffdingAdaptiveTree", task: TaskClassification, nominal: true,
		doc:        "Hoeffding tree that watches the error at its splits, and replaces those whose error rises.",
		parameters: tree.AdaptiveParameters, least: tree.LeastAdaptiveBytes,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return tree.NewAdaptive(in, v)
		},
	},
}
