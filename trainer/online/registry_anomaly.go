package online

import (
	"creek.dev/creek/trainer/online/anomaly"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var anomalyAlgorithms = []algorithm{
	{
		name: "HalfSpaceTrees", task: TaskAnomalyDetection, shards: true,
		doc:        "Trees that halve the space at random, and tell rows that fall where few of the last window did.",
		parameters: anomaly.HalfSpaceParameters,
		detector: func(in learner.Input, v parameter.Values) learner.Detector {
			return anomaly.NewHalfSpaceTrees(in, v)
		},
	},
	{
		name: "LODA", task: TaskAnomalyDetection,
		doc:        "Histograms of random projections, which tell rows whose projections fall where few of the last window did.",
		parameters: anomaly.LODAParameters,
		detector: func(in learner.Input, v parameter.Values) learner.Detector {
			return anomaly.NewLODA(in, v)
		},
	},
}
