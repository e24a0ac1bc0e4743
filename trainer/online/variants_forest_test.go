package online_test

import "creek.dev/creek/trainer/online"

var forestVariants = variantsOf{
	"AdaptiveRandomForest/Classification": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "4", "maxFeatures": "60%"}
		},
		"fast": with(map[string]string{
			"members": "3", "maxFeatures": "all", "driftDelta": "0.3", "warningDelta": "0.6", "lambda": "2", "disableWeightedVote": "true",
			"gracePeriod": "40",
		}),
		"fresh": with(map[string]string{
			"members": "3", "disableBackgroundTrees": "true", "driftDelta": "0.2", "leafPrediction": "MajorityClass",
		}),
		"small": with(map[string]string{"members": "20", "maxBytes": "1048576", "tau": "0.2", "disableDriftDetection": "true"}),
		"scaled": func(c *online.Config) {
			c.Parameters = map[string]string{"members": "2", "maxFeatures": "3"}
			c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
		},
	},
	"StreamingRandomPatches/Classification": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "4", "driftDelta": "0.2", "warningDelta": "0.5"}
		},
		"subspaces":  with(map[string]string{"members": "3", "trainingMethod": "Subspaces", "subspaceSize": "2", "driftDelta": "0.1", "warningDelta": "0.4"}),
		"resampling": with(map[string]string{"members": "3", "trainingMethod": "Resampling", "tau": "0.2"}),
	},
}
