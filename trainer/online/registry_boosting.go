package online

var boostingAlgorithms = []algorithm{}
