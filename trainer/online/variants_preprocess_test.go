package online_test

var preprocessVariants = variantsOf{}
