package online_test

var anomalyVariants = variantsOf{
	"HalfSpaceTrees/AnomalyDetection": {
		"small": with(map[string]string{"members": "7", "height": "4", "windowSize": "100", "limits": "-2:2,-3:2,-1e100:1e100,0:1,0:3"}),
	},
	"LODA/AnomalyDetection": {
		"small": with(map[string]string{"members": "7", "bins": "10", "windowSize": "100"}),
	},
}
