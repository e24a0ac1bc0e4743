package online

var forestAlgorithms = []algorithm{}
