package main

import "creek.dev/creek/trainer/online"

var otherGroups = []group{
	{
		section: "Anomalies", title: "Half-space trees", algorithm: "HalfSpaceTrees", task: online.TaskAnomalyDetection,
		kind: seeded, steps: steps("MinMaxScaler"), peer: river, seeds: 20,
		expression: "preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=seed)", on: []string{"segments-anomaly"},
	},
}
