package linear

import (
	"errors"
	"math"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/parameter"
)

// A place that learning does not lead to is refused, whatever stands in the others.
func TestPairsBeyondTheirBoundsAreRefused(t *testing.T) {
	minus := float32(math.Copysign(0, -1))
	for _, test := range []struct {
		name, optimizer string
		pairs           [][2]float32
		refused         bool
	}{
		{"AdaGrad, as learned", "AdaGrad", [][2]float32{{-1e8, 1}, {1, 1e38}}, false},
		{"AdaGrad, far", "AdaGrad", [][2]float32{{-1.1e8, 1}}, true},
		{"AdaGrad, many squares", "AdaGrad", [][2]float32{{1, 1.1e38}}, true},
		{"AdaGrad, no squares", "AdaGrad", [][2]float32{{0, 0}, {1, 1}}, true},
		{"AdaGrad, squares of −0", "AdaGrad", [][2]float32{{0, minus}, {1, 1}}, true},
		{"FTRL, as learned", "FTRL", [][2]float32{{0, 0}, {-5e12, 10}}, false},
		{"FTRL, −0", "FTRL", [][2]float32{{0, minus}, {minus, 10}}, false},
		{"FTRL, far", "FTRL", [][2]float32{{1e19, 1}}, true},
		{"FTRL, many squares", "FTRL", [][2]float32{{1, 2e19}}, true},
		{"FTRL, many squares beside −0", "FTRL", [][2]float32{{0, minus}, {1, 2e19}}, true},
		{"FTRL, negative squares", "FTRL", [][2]float32{{0, -1}, {1, 1}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := parameter.MustParse(GLMParameters, map[string]string{"hashBits": "4", "optimizer": test.optimizer})
			h := NewHashed(LogisticLoss, v)
			h.PredictLearn([]uint32{1}, []float32{1}, 1, 1)
			copy(h.table.pairs[4:], test.pairs)
			err := flat.Restore(flat.Append(nil, h), NewHashed(LogisticLoss, v))
			if test.refused != errors.Is(err, flat.ErrShape) || !test.refused && err != nil {
				t.Errorf("refused: %v, want %v", err, test.refused)
			}
		})
	}
}
