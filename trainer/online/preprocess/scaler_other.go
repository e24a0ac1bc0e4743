//go:build !amd64

package preprocess

// transformPairs leaves all features to transformOne.
func transformPairs(_ *moments, _, _, _ *float64, _ int) int { return 0 }
