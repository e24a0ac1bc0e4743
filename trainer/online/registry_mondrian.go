package online

var mondrianAlgorithms = []algorithm{}
