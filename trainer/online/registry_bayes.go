package online

var bayesAlgorithms = []algorithm{}
