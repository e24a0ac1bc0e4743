package preprocess

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/hashing"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// Keys go to the columns that River 0.26.1's feature_hash sends the same bytes
// to, with the same sign.
func TestHasherPlaces(t *testing.T) {
	for _, tc := range []struct {
		given  map[string]string
		key    string
		column int
		sign   float64
	}{
		{map[string]string{"columns": "10"}, "dog", 7, -1},
		{map[string]string{"columns": "10"}, "cat", 9, 1},
		{map[string]string{"columns": "10"}, "elephant", 8, -1},
		{map[string]string{"columns": "10", "alternateSign": "false"}, "elephant", 8, 1},
		{map[string]string{"columns": "1000", "seed": "42"}, "a=b", 543, 1},
	} {
		h := NewFeatureHasher(nil, parameter.MustParse(HasherParameters, tc.given))
		if column, sign := h.place([]byte(tc.key)); column != tc.column || sign != tc.sign {
			t.Errorf("%v: %s goes to column %d with sign %v, want %d and %v", tc.given, tc.key, column, sign, tc.column, tc.sign)
		}
	}
}

func TestHasherAdds(t *testing.T) {
	schema := learner.Schema{learner.Numeric, learner.Token, learner.Numeric}
	for _, columns := range []string{"1", "7", "64"} {
		h := NewFeatureHasher(schema, parameter.MustParse(HasherParameters, map[string]string{"columns": columns}))
		of := func(x ...float64) []float64 {
			dst := make([]float64, h.columns)
			h.LearnTransform(dst, x)
			return dst
		}
		nan := math.NaN()
		first, second, third := of(3, nan, nan), of(nan, 5, nan), of(nan, nan, 1e100)
		want := make([]float64, h.columns)
		for i := range want {
			want[i] = bounded(first[i] + second[i] + third[i])
		}
		if diff := cmp.Diff(want, of(3, 5, 1e100)); diff != "" {
			t.Error(diff)
		}
		for name, part := range map[string]float64{"numeric": sum(first) / 3, "nominal": sum(second)} {
			if math.Abs(part) != 1 {
				t.Errorf("%s columns: a %s value adds %v", columns, name, part)
			}
		}
		if diff := cmp.Diff(of(math.Copysign(0, -1), math.Copysign(0, -1), nan), of(0, 0, nan)); diff != "" {
			t.Errorf("the zeros differ: %s", diff)
		}
	}
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// A power of 2 is no special case of the modulus.
func TestHasherPowersOf2(t *testing.T) {
	h := NewFeatureHasher(nil, parameter.MustParse(HasherParameters, map[string]string{"columns": "64"}))
	for i := range 1000 {
		key := []byte{byte(i), byte(i >> 8)}
		hash := int64(int32(hashing.Murmur32(key, 0)))
		if column, _ := h.place(key); column != int((hash%64+64)%64) {
			t.Fatalf("the hash %d goes to column %d", hash, column)
		}
	}
}
