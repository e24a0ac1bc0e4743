package online_test

var anomalyVariants = variantsOf{}
