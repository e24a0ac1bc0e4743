package online_test

var boostingVariants = variantsOf{}
