package numeric

import "math"

// logEntry is a short reciprocal and the logarithm it stands for.
type logEntry struct {
	reciprocal float64
	hi, lo     float64
}

// Log returns the natural logarithm of x with an error below one unit in the
// last place. Log(0) is -Inf; of a negative number or NaN it is NaN.
//
// The method: x = 2^k·z with z in [¾, 1½), r = z·c − 1 for the tabulated short
// reciprocal c nearest to 1/z, ln x = k·ln2 − ln c + ln(1+r), the last term by
// its Taylor polynomial. z is cut in two, so that both products with c, and
// therefore r before its last rounding, are exact.
func Log(x float64) float64 {
	bits := math.Float64bits(x)
	exponent := 0
	if bits-0x0010000000000000 >= 0x7ff0000000000000-0x0010000000000000 {
		if x == 0 {
			return math.Inf(-1)
		}
		if math.IsNaN(x) || math.IsInf(x, 1) {
			return x
		}
		if x < 0 {
			return math.NaN()
		}
		bits = math.Float64bits(float64(x * 0x1p54))
		exponent = -54
	}
	exponent += int(bits>>52) - 1023
	index := bits >> 45 & 127
	zBits := bits&0x000fffffffffffff | 1023<<52
	if index >= 64 {
		zBits -= 1 << 52
		exponent++
	}
	entry := &logTable[index]
	z := math.Float64frombits(zBits)
	head := math.Float64frombits(zBits &^ 0x3ffffff)
	r := (float64(head*entry.reciprocal) - 1) + float64((z-head)*entry.reciprocal)
	k := float64(exponent)
	hi := float64(k*ln2Hi) + entry.hi
	lo := float64(k*ln2Lo) + entry.lo
	sum := hi + r
	rest := (hi - sum) + r
	if math.Abs(r) > math.Abs(hi) {
		rest = (r - sum) + hi
	}
	return sum + (rest + lo + logTail(r))
}

// logTail is ln(1+r) − r for |r| < 1/64.
func logTail(r float64) float64 {
	r2 := float64(r * r)
	a := -1.0/2 + float64(r*(1.0/3))
	b := -1.0/4 + float64(r*(1.0/5))
	c := -1.0/6 + float64(r*(1.0/7))
	d := -1.0/8 + float64(r*(1.0/9))
	p := c + float64(r2*d)
	p = b + float64(r2*p)
	p = a + float64(r2*p)
	return float64(r2 * p)
}
