package online

var treeAlgorithms = []algorithm{}
