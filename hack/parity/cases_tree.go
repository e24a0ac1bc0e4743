package main

const (
	trees = "Trees"
	// plain and adaptive are how River names the trees.
	plain    = "tree.HoeffdingTreeClassifier("
	adaptive = "tree.HoeffdingAdaptiveTreeClassifier("
)

var treeData = []string{"elec2", "phishing", "bananas", "segments", "sea", "hyperplane", "rbf", "led"}

var treeGroups = []group{
	{
		section: trees, title: "Hoeffding tree", algorithm: "HoeffdingTree",
		peer: river, expression: plain + ")", on: []string{"elec2", "phishing", "bananas", "segments", "sea", "sea-missing", "hyperplane", "rbf", "led"},
	},
	{
		section: trees, title: "Hoeffding tree, nominal feature", algorithm: "HoeffdingTree",
		peer: river, expression: plain + "nominal_attributes=['day'])", on: []string{"elec2-nominal"},
	},
	{
		section: trees, title: "Hoeffding tree, nominal feature split in two", algorithm: "HoeffdingTree", parameters: "binarySplit=true",
		peer: river, expression: plain + "nominal_attributes=['day'], binary_split=True)", on: []string{"elec2-nominal"},
	},
	{
		section: trees, title: "Hoeffding tree, names", algorithm: "HoeffdingTree",
		peer: river, expression: plain + "nominal_attributes=['education', 'car', 'zipcode'])", on: []string{"agrawal"},
	},
	{
		section: trees, title: "Hoeffding tree, only names, split in two", algorithm: "HoeffdingTree", parameters: "binarySplit=true",
		peer: river, expression: plain + "nominal_attributes=['size', 'color', 'shape'], binary_split=True)", on: []string{"stagger"},
	},
	{
		section: trees, title: "Hoeffding tree, grace 50, delta 0.01", algorithm: "HoeffdingTree", parameters: "gracePeriod=50 delta=0.01",
		peer: river, expression: plain + "grace_period=50, delta=.01)", on: treeData,
	},
	{
		section: trees, title: "Hoeffding tree, majority leaves", algorithm: "HoeffdingTree", parameters: "leafPrediction=MajorityClass",
		peer: river, expression: plain + "leaf_prediction='mc')", on: treeData,
	},
	{
		section: trees, title: "Hoeffding tree, Bayes leaves", algorithm: "HoeffdingTree", parameters: "leafPrediction=NaiveBayes",
		peer: river, expression: plain + "leaf_prediction='nb')", on: treeData,
	},
	{
		section: trees, title: "Hoeffding tree, Gini", algorithm: "HoeffdingTree", parameters: "splitCriterion=Gini",
		peer: river, expression: plain + "split_criterion='gini')", on: treeData,
	},
	{
		section: trees, title: "Hoeffding tree, Hellinger", algorithm: "HoeffdingTree", parameters: "splitCriterion=Hellinger",
		peer: river, expression: plain + "split_criterion='hellinger')", on: binaryData,
	},
	{
		section: trees, title: "Hoeffding tree, histograms", algorithm: "HoeffdingTree", parameters: "numericObserver=Histogram",
		peer: river, expression: plain + "splitter=tree.splitter.HistogramSplitter())", on: treeData,
	},
	{
		section: trees, title: "Hoeffding tree", algorithm: "HoeffdingTree",
		kind: figure, peer: moa, expression: "trees.HoeffdingTree", on: classData,
	},
	{
		section: trees, title: "Extremely fast decision tree", algorithm: "ExtremelyFastDecisionTree",
		peer: river, expression: "tree.ExtremelyFastDecisionTreeClassifier()", slow: true,
		on: []string{"elec2", "phishing", "bananas", "segments", "sea", "rbf"},
	},
	{
		section: trees, title: "Hoeffding adaptive tree, not bootstrapped", algorithm: "HoeffdingAdaptiveTree", parameters: "bootstrapSampling=false",
		peer: river, expression: adaptive + "bootstrap_sampling=False, seed=seed)", on: treeData,
	},
	{
		section: trees, title: "Hoeffding adaptive tree", algorithm: "HoeffdingAdaptiveTree",
		kind: seeded, peer: river, expression: adaptive + "seed=seed)", slow: true,
		on: []string{"elec2", "phishing", "segments", "sea", "rbf"},
	},
	{
		// The seeds of either side differ by more than two points here, so that ten say too little.
		section: trees, title: "Hoeffding adaptive tree, many seeds", algorithm: "HoeffdingAdaptiveTree",
		kind: seeded, peer: river, expression: adaptive + "seed=seed)", slow: true, seeds: 240, creekSeeds: 480, on: []string{"bananas"},
	},
}
