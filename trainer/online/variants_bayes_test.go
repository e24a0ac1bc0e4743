package online_test

var bayesVariants = variantsOf{
	"GaussianNB/Classification": {"nominal": nominal},
}
