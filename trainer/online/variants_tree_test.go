package online_test

import "creek.dev/creek/trainer/online"

var treeVariants = variantsOf{
	"HoeffdingTree/Classification": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"gracePeriod": "50", "delta": "0.01"}
		},
		"nominal binary": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"gracePeriod": "50", "tau": "0.2", "binarySplit": "true", "leafPrediction": "NaiveBayes", "nbThreshold": "20"}
		},
		"majority": with(map[string]string{
			"leafPrediction": "MajorityClass", "removePoorAttributes": "true", "splitCriterion": "Gini", "gracePeriod": "60", "tau": "0.15",
		}),
		"hellinger": with(map[string]string{"splitCriterion": "Hellinger", "gracePeriod": "70", "tau": "0.1", "maxDepth": "4", "splits": "7"}),
		"small":     with(map[string]string{"gracePeriod": "40", "tau": "0.3", "maxBytes": "12000", "meritPreprune": "false"}),
	},
	"ExtremelyFastDecisionTree/Classification": {
		"eager": with(map[string]string{"gracePeriod": "50", "delta": "0.05", "tau": "0.1", "minSamplesReevaluate": "40"}),
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"gracePeriod": "50", "delta": "0.01", "leafPrediction": "NaiveBayes"}
		},
		"small": with(map[string]string{"gracePeriod": "40", "delta": "0.1", "maxBytes": "12000", "splitCriterion": "Gini"}),
	},
	"HoeffdingAdaptiveTree/Classification": {
		"eager": with(map[string]string{"gracePeriod": "50", "delta": "0.05", "tau": "0.2", "driftDelta": "0.3", "driftWindowThreshold": "60"}),
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{
				"gracePeriod": "50", "delta": "0.01", "driftDelta": "0.2", "bootstrapSampling": "false", "driftWindowThreshold": "30",
			}
		},
		"small": with(map[string]string{
			"gracePeriod": "40", "tau": "0.3", "maxBytes": "20000", "leafPrediction": "MajorityClass", "driftDelta": "0.1",
		}),
	},
}
