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
	{
		name: "MultinomialNB", task: TaskClassification,
		doc:        "Naive Bayes for counts of occurrences, such as those of words.",
		parameters: bayes.MultinomialParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return bayes.NewMultinomialNB(in, v)
		},
	},
	{
		name: "BernoulliNB", task: TaskClassification,
		doc:        "Naive Bayes for features that are true or false.",
		parameters: bayes.BernoulliParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return bayes.NewBernoulliNB(in, v)
		},
	},
}
