package online_test

var ensembleVariants = variantsOf{}
