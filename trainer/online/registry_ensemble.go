package online

var ensembleAlgorithms = []algorithm{}
