package online

import (
	"creek.dev/creek/trainer/online/bayes"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var bayesAlgorithms = []algorithm{
	{
		name: "GaussianNB", task: TaskClassification, nominal: true,
		doc: "Naive Bayes with a normal distribution for each class and numeric feature.",
		classifier: func(in learner.Input, _ parameter.Values, _ base) learner.Classifier {
			return bayes.NewGaussianNB(in)
		},
	},
}
