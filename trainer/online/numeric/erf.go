package numeric

import "math"

// The coefficients of W. J. Cody's kind of rational approximations that the C
// libraries of most systems have for erf, from FreeBSD's msun, which says:
// Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
// SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and
// distribute this software is freely granted, provided that this notice is
// preserved.
var (
	// Below 27/32, in x².
	erfNear = ratio{
		[]float64{
			1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
			-2.37630166566501626084e-05,
		},
		[]float64{
			1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04,
			-3.96022827877536812320e-06,
		},
	}
	// From there to 5/4, in x−1, without the constant erfAtOne.
	erfMiddle = ratio{
		[]float64{
			-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
			-1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03,
		},
		[]float64{
			1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01,
			1.36370839120290507362e-02, 1.19844998467991074170e-02,
		},
	}
	// From there to 1/0.35, in 1/x²: of log(x·erfc(x)) + x² + 9/16.
	erfFar = ratio{
		[]float64{
			-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01,
			-1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00,
		},
		[]float64{
			1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02,
			4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02,
		},
	}
	// The same beyond.
	erfFarther = ratio{
		[]float64{
			-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02,
			-6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02,
		},
		[]float64{
			1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03,
			2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01,
		},
	}
)

const erfAtOne = 8.45062911510467529297e-01

// ratio is a quotient of two polynomials, the lowest powers first.
type ratio struct{ above, below []float64 }

func (r ratio) at(x float64) float64 { return byPairs(x, r.above) / byPairs(x, r.below) }

// byPairs is the value of a polynomial of degree 4 to 8: two terms are added at
// a time, then the pairs one after the other.
func byPairs(x float64, c []float64) float64 {
	x2 := float64(x * x)
	x4 := float64(x2 * x2)
	sum := c[0] + float64(x*c[1])
	for i, power := range [...]float64{x2, x4, float64(x4 * x2), float64(x4 * x4)} {
		switch rest := c[2*i+2:]; len(rest) {
		case 0:
			return sum
		case 1:
			return sum + float64(power*rest[0])
		default:
			sum += float64(power * (rest[0] + float64(x*rest[1])))
		}
	}
	return sum
}

// Erf returns the error function of x with an error below one unit in the last
// place. It takes the steps that glibc takes, in their order, so that what
// depends on its last bit comes out as in programs that call that; but for one
// argument in some thousands it returns the same bits. NormalCDF is faster.
func Erf(x float64) float64 {
	a := math.Abs(x)
	switch {
	case x != x:
		return x
	case a < 27./32:
		return x + float64(x*erfNear.at(float64(x*x)))
	case a < 5./4:
		return math.Copysign(erfAtOne+erfMiddle.at(a-1), x)
	case a >= 6:
		return math.Copysign(1, x)
	}
	r := erfFar
	if math.Float64bits(a)>>32 >= 0x4006DB6E { // 1/0.35
		r = erfFarther
	}
	// High has half of the bits, so that its square is exact.
	high := math.Float64frombits(math.Float64bits(a) &^ (1<<32 - 1))
	tail := float64(Exp(-float64(high*high)-9./16) * Exp(float64((high-a)*(high+a))+r.at(1/float64(a*a))))
	return math.Copysign(1-tail/a, x)
}
