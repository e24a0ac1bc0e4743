package online_test

import (
	"maps"

	"creek.dev/creek/trainer/online"
)

var linearVariants = variantsOf{
	"LogisticRegression/Classification": merged(glmVariants, map[string]func(*online.Config){
		"scaled": func(c *online.Config) {
			c.Parameters = map[string]string{"learningRate": "0.05", "l2": "0.001"}
			c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
		},
	}),
	"LinearRegression/Regression": glmVariants,
	"PassiveAggressive/Classification": {
		"plain": with(map[string]string{"mode": "0"}),
		"PA-II": with(map[string]string{"mode": "2", "c": "0.1", "learnIntercept": "false"}),
	},
	"PassiveAggressive/Regression": {
		"plain": with(map[string]string{"mode": "0"}),
		"PA-II": with(map[string]string{"mode": "2", "c": "0.1", "epsilon": "0.01"}),
	},
	"SoftmaxRegression/Classification": {
		"AdaGrad": with(map[string]string{"optimizer": "AdaGrad", "l1": "0.0001"}),
		"FTRL":    with(map[string]string{"optimizer": "FTRL", "l1": "0.5"}),
	},
	"Perceptron/Classification": {"l2": with(map[string]string{"l2": "0.001"})},
}

var glmVariants = map[string]func(*online.Config){
	"l1":        with(map[string]string{"l1": "0.001"}),
	"AdaGrad":   with(map[string]string{"optimizer": "AdaGrad"}),
	"AdaGradL2": with(map[string]string{"optimizer": "AdaGrad", "l2": "0.01", "l1": "0.001"}),
	"FTRL":      with(map[string]string{"optimizer": "FTRL", "l1": "0.5"}),
	"FTRLPlain": with(map[string]string{"optimizer": "FTRL", "beta": "0", "l2": "0", "clipGradient": "10"}),
	"Adaptive":  with(map[string]string{"optimizer": "Adaptive"}),
	"AdaptivePenalised": with(map[string]string{
		"optimizer": "Adaptive", "powerT": "0.4", "l1": "0.0001", "l2": "0.001", "interceptLearningRate": "0",
	}),
	"hashedSGD":              hashedVariant("", nil),
	"hashedSGDPenalised":     hashedVariant("all", map[string]string{"l1": "0.0001", "l2": "0.001"}),
	"hashedAdaGrad":          hashedVariant("0:1,2:2", map[string]string{"optimizer": "AdaGrad"}),
	"hashedAdaGradPenalised": hashedVariant("1:4", map[string]string{"optimizer": "AdaGrad", "l1": "0.001", "l2": "0.001"}),
	"hashedFTRL":             hashedVariant("all", map[string]string{"optimizer": "FTRL"}),
	"hashedFTRLSparse":       hashedVariant("all", map[string]string{"optimizer": "FTRL", "l1": "0.5", "l2": "0", "beta": "0"}),
	"hashedAdaptive":         hashedVariant("all", map[string]string{"optimizer": "Adaptive"}),
	"hashedAdaptivePenalised": hashedVariant("0:4", map[string]string{
		"optimizer": "Adaptive", "powerT": "0.6", "l1": "0.0001", "l2": "0.001",
	}),
}

// hashedVariant has a nominal feature, and interactions.
func hashedVariant(interactions string, parameters map[string]string) func(*online.Config) {
	return func(c *online.Config) {
		nominal(c)
		c.Parameters = map[string]string{"hashBits": "10", "interactions": interactions}
		maps.Copy(c.Parameters, parameters)
	}
}

func merged(all ...map[string]func(*online.Config)) map[string]func(*online.Config) {
	one := map[string]func(*online.Config){}
	for _, m := range all {
		maps.Copy(one, m)
	}
	return one
}
