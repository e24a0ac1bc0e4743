package online

import (
	"creek.dev/creek/trainer/online/forest"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var forestAlgorithms = []algorithm{
	{
		name: "AdaptiveRandomForest", task: TaskClassification, nominal: true, shards: true,
		doc:        "Hoeffding trees with random weights and random features, of which each is replaced when it gets worse.",
		parameters: forest.RandomForestParameters, least: forest.LeastRandomForestBytes,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return forest.NewRandomForest(in, v)
		},
	},
	{
		name: "StreamingRandomPatches", task: TaskClassification, nominal: true, shards: true,
		doc:        "Hoeffding trees that each have random weights and features of their own, and are replaced when they get worse.",
		parameters: forest.PatchesParameters, least: forest.LeastPatchesBytes,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return forest.NewPatches(in, v)
		},
	},
}
