package online_test

var treeVariants = variantsOf{}
