package online

import (
	"creek.dev/creek/trainer/online/ensemble"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var ensembleAlgorithms = []algorithm{
	{
		name: "OneVsRest", task: TaskClassification, base: "LogisticRegression", splitsClasses: true,
		doc: "One learner of two classes for each class, which tells the class from all others.",
		classifier: func(in learner.Input, _ parameter.Values, b base) learner.Classifier {
			return ensemble.NewOneVsRest(in, b.classifier)
		},
	},
}
