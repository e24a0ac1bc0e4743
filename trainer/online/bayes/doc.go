// Package bayes holds naive Bayes classifiers: they multiply the share of a
// class by how likely it makes every value of a row, as if the values were
// independent of each other. What they learn are counts and moments, so that two
// models that have learned different rows merge exactly into the one that would
// have learned them all.
package bayes
