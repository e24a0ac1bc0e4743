package main

// allowed are the cases that may come to something else than the peer, by their names, and why. Nothing else may.
var allowed = map[string]string{
	"Hoeffding adaptive tree, not bootstrapped, led, River": setOrder,
	"Hoeffding tree for regression, beside the default splitter, friedman, River": "River's default splitter keeps every value, rounded to one " +
		"decimal, and Creek has River's quantizing one; with that, Creek is equal to River on all three data sets",
	"Streaming random patches for regression, friedman:2000, River": "River's trees have the first subspaces of a list of all, so that nearly every " +
		"one has the first features, and of friedman's these alone matter: on 2,000 rows of River's own generator, seeds 1 to 3, its mean " +
		"error is 2.18, 2.16 and 2.18, and with the columns reversed 3.47, 3.47 and 3.50; Creek draws the subspaces, and has 2.54, 2.62 and 2.33",
	"Streaming random patches of 10, phishing, River": "River's trees have the first subspaces of a list of all, and phishing's first " +
		"features are its best: seeds 1 to 5 have 0.9095, and with the columns reversed 0.8661; Creek draws the subspaces, as MOA",
	"Leveraging bagging of 10 Hoeffding trees, bananas, River": "River learns a row of weight k as k rows, Creek and MOA in one step of weight k; " +
		"so changed, River has 0.8248 (seeds 1 to 6)",
	"Gaussian naive Bayes, elec2, MOA":                           bayesOfMOA,
	"Gaussian naive Bayes, segments, MOA":                        bayesOfMOA,
	"Hoeffding tree, elec2, MOA":                                 "it is River's tree, to the last digit; MOA's splits and leaves differ in many small ways",
	"Hoeffding adaptive tree, not bootstrapped, segments, River": setOrder,
}

const setOrder = "of equally probable classes River names one by the order of a Python set, which changes from run to run, Creek the " +
	"first; the probabilities are equal"

const bayesOfMOA = "it is River's, to the last digit; of a feature that never varied within a class MOA has the density 1 there, River 0, and " +
	"River adds 1e-9 to each"
