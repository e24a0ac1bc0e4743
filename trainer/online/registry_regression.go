package online

var treeRegressors = []algorithm{}
