package online_test

var regressionVariants = variantsOf{}
