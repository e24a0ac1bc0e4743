package metric

// rocBins is how many parts [0, 1] has for the area under the ROC curve: the
// area is that which River's metrics.ROCAUC finds with 1,025 thresholds.
const rocBins = 1024

// rocBin is the part of a score that is at least 0: the parts are (i/1024, (i+1)/1024], and 0
// belongs to the first.
func rocBin(score float64) int {
	v := float64(score * rocBins)
	i := int(v)
	if float64(i) == v && i > 0 {
		i--
	}
	return min(i, rocBins-1)
}

// rocArea is the area under the curve of the counts of rows by score and by what
// they are, 0 or 1: the count of bin i and label l is at 2·i + l. There is
// none while rows of either label are missing.
func rocArea[T uint64 | float64](bins []T) (area float64, ok bool) {
	negatives, positives := 0.0, 0.0
	for i := len(bins) - 2; i >= 0; i -= 2 {
		n, p := float64(bins[i]), float64(bins[i+1])
		area += float64(n * (positives + float64(p/2)))
		negatives += n
		positives += p
	}
	if negatives == 0 || positives == 0 {
		return 0, false
	}
	return min(area/negatives/positives, 1), true
}
