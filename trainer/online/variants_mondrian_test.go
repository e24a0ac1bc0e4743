package online_test

var mondrianVariants = variantsOf{}
