package online

var anomalyAlgorithms = []algorithm{}
