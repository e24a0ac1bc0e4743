package online_test

import (
	"testing"

	"creek.dev/creek/trainer/online"
)

// Tokens stay the same for ever: states are full of them. These were computed by
// the Python package mmh3 5, as mmh3.hash64(text)[0] >> 11.
func TestNominalToken(t *testing.T) {
	for text, want := range map[string]float64{
		"":                  0,
		"a":                 4691249646717743,
		"ab":                5191216329317795,
		"abc":               6353836774520239,
		"dog":               1721229245248599,
		"hello, world":      1836139527228375,
		"0123456789abcde":   5846905390634980,
		"0123456789abcdef":  2669673063246170,
		"0123456789abcdefg": 5003104956532927,
		"ünïcödé — the quick brown fox jumps over the lazy dog": 5612631466113857,
	} {
		if got := online.NominalToken([]byte(text)); got != want {
			t.Errorf("the token of %q is %.0f, want %.0f", text, got, want)
		}
	}
	text := []byte("no allocation")
	if n := testing.AllocsPerRun(100, func() { online.NominalToken(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
