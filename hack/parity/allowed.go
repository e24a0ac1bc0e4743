package main

// allowed are the cases that may come to something else than the peer, by their names, and why. Nothing else may.
var allowed = map[string]string{
	"Gaussian naive Bayes, elec2, MOA":    bayesOfMOA,
	"Gaussian naive Bayes, segments, MOA": bayesOfMOA,
	"Hoeffding tree, elec2, MOA":          "it is River's tree, to the last digit; MOA's splits and leaves differ in many small ways",
	"Hoeffding adaptive tree, not bootstrapped, segments, River": "of equally probable classes River names one by the order of a Python set, which " +
		"changes from run to run, Creek the first; the probabilities are equal",
}

const bayesOfMOA = "it is River's, to the last digit; of a feature that never varied within a class MOA has the density 1 there, River 0, and " +
	"River adds 1e-9 to each"
