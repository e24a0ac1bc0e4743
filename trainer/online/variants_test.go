package online_test

import (
	"maps"

	"creek.dev/creek/trainer/online"
)

// variants are configurations that are tested beside the defaults, by algorithm
// and task, then by a name of their own.
var variants = collect(
	linearVariants, bayesVariants, preprocessVariants, treeVariants, regressionVariants, forestVariants, ensembleVariants,
	boostingVariants, mondrianVariants, anomalyVariants,
)

type variantsOf map[string]map[string]func(*online.Config)

func collect(all ...variantsOf) variantsOf {
	merged := variantsOf{}
	for _, some := range all {
		for name, changes := range some {
			if merged[name] == nil {
				merged[name] = map[string]func(*online.Config){}
			}
			maps.Copy(merged[name], changes)
		}
	}
	return merged
}

// with sets parameters.
func with(parameters map[string]string) func(*online.Config) {
	return func(c *online.Config) { c.Parameters = parameters }
}

// nominal makes the last feature a nominal one.
func nominal(c *online.Config) {
	c.Features = append(online.NumericFeatures(contractFeatures[:4]...), online.Feature{Name: contractFeatures[4], Type: online.Nominal})
}
