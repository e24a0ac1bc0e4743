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
		"histogram": with(map[string]string{"numericObserver": "Histogram", "gracePeriod": "50", "tau": "0.1"}),
		"few bins": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{
				"numericObserver": "Histogram", "maxBins": "12", "gracePeriod": "60", "delta": "0.01", "maxBytes": "40000", "leafPrediction": "NaiveBayes",
			}
		},
		"quantizer": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"numericObserver": "Quantizer", "gracePeriod": "50", "delta": "0.01"}
		},
		"few cells": with(map[string]string{
			"numericObserver": "Quantizer", "maxBins": "16", "quantizerRadius": "0.05", "gracePeriod": "50", "tau": "0.1", "maxBytes": "30000",
			"splitCriterion": "Gini",
		}),
	},
	"ExtremelyFastDecisionTree/Classification": {
		"eager": with(map[string]string{"gracePeriod": "50", "delta": "0.05", "tau": "0.1", "minSamplesReevaluate": "40"}),
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"gracePeriod": "50", "delta": "0.01", "leafPrediction": "NaiveBayes"}
		},
		"small": with(map[string]string{"gracePeriod": "40", "delta": "0.1", "maxBytes": "12000", "splitCriterion": "Gini"}),
		"histogram": with(map[string]string{
			"numericObserver": "Histogram", "maxBins": "30", "gracePeriod": "50", "delta": "0.05", "tau": "0.1", "maxBytes": "60000",
		}),
		"quantizer": with(map[string]string{"numericObserver": "Quantizer", "gracePeriod": "50", "delta": "0.05", "tau": "0.1"}),
	},
	"HoeffdingAdaptiveTree/Classification": {
		"eager": with(map[string]string{"gracePeriod": "50", "delta": "0.05", "tau": "0.2", "driftDelta": "0.3", "driftWindowThreshold": "60"}),
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{
				"gracePeriod": "50", "delta": "0.01", "driftDelta": "0.2", "bootstrapSampling": "false", "driftWindowThreshold": "30",
			}
		},
		"histogram": with(map[string]string{
			"numericObserver": "Histogram", "maxBins": "30", "gracePeriod": "50", "tau": "0.2", "driftDelta": "0.3", "driftWindowThreshold": "60",
		}),
		"quantizer": with(map[string]string{
			"numericObserver": "Quantizer", "gracePeriod": "50", "tau": "0.2", "driftDelta": "0.3", "driftWindowThreshold": "60",
		}),
		"small": with(map[string]string{
			"gracePeriod": "40", "tau": "0.3", "maxBytes": "20000", "leafPrediction": "MajorityClass", "driftDelta": "0.1",
		}),
	},
}
