package online_test

var bayesVariants = variantsOf{}
