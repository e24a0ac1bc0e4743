package online

import (
	"creek.dev/creek/trainer/online/ensemble"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var ensembleAlgorithms = []algorithm{
	{
		name: "OneVsRest", task: TaskClassification, base: "LogisticRegression", splitsClasses: true,
		doc:        "One learner of two classes for each class, which tells the class from all others.",
		parameters: ensemble.OneVsRestParameters,
		classifier: func(in learner.Input, _ parameter.Values, b base) learner.Classifier {
			return ensemble.NewOneVsRest(in, b.classifier)
		},
	},
	{
		name: "OnlineBagging", task: TaskClassification, base: "HoeffdingTree", shards: true,
		doc:        "Learners that each learn every row as often as a Poisson distribution says.",
		parameters: ensemble.BaggingParameters,
		classifier: func(in learner.Input, v parameter.Values, b base) learner.Classifier {
			return ensemble.NewBagging(in, v, b.classifier)
		},
	},
	{
		name: "LeveragingBagging", task: TaskClassification, base: "HoeffdingTree",
		doc:        "Bagging with high weights that replaces its worst learner when errors become more frequent.",
		parameters: ensemble.LeveragingParameters,
		classifier: func(in learner.Input, v parameter.Values, b base) learner.Classifier {
			return ensemble.NewWatched(in, v, b.classifier)
		},
	},
	{
		name: "ADWINBagging", task: TaskClassification, base: "HoeffdingTree",
		doc:        "Online bagging that replaces its worst learner when errors become more frequent.",
		parameters: ensemble.ADWINBaggingParameters,
		classifier: func(in learner.Input, v parameter.Values, b base) learner.Classifier {
			return ensemble.NewWatched(in, v, b.classifier)
		},
	},
}
