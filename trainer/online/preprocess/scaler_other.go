//go:build !amd64

package preprocess

const fours = false

func transformFours(_ *moments, _, _, _ *float64, _ int) int { return 0 }
