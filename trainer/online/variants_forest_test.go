package online_test

var forestVariants = variantsOf{}
