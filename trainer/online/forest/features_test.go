package forest

import "testing"

func TestCountFeatures(t *testing.T) {
	for _, c := range []struct {
		text     string
		features int
		want     int // where at least two are wanted
	}{
		{"sqrt", 1, 1},
		{"sqrt", 2, 1},
		{"sqrt", 8, 3},
		{"sqrt", 18, 4},
		{"sqrt", 100, 10},
		{"all", 7, 7},
		{"3", 8, 3},
		{"9", 8, 8},
		{"60%", 8, 5},
		{"60%", 2, 2},
		{"60%", 1, 1},
		{"1%", 10, 2},
		{"100%", 10, 10},
		{"50%", 9, 4},
	} {
		if got := countFeatures(c.text, c.features, 2); got != c.want {
			t.Errorf("%s of %d features are %d, want %d", c.text, c.features, got, c.want)
		}
	}
}

func TestOneFeatureOfAShare(t *testing.T) {
	if got := countFeatures("60%", 2, 1); got != 1 {
		t.Errorf("60%% of 2 features are %d", got)
	}
	if got := countFeatures("1%", 10, 1); got != 1 {
		t.Errorf("1%% of 10 features are %d", got)
	}
}

func TestCheckFeatures(t *testing.T) {
	for text, want := range map[string]string{
		"sqrt": "sqrt", "all": "all", "60%": "60%", "60.0%": "60%", "7": "7", "007": "7", "12.5%": "12.5%",
		"": "", "0": "", "-1": "", "0%": "", "101%": "", "NaN%": "", "1.5": "", "log2": "", "%": "",
	} {
		got, err := checkFeatures(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q (%v), want %q", text, got, err, want)
		}
	}
}
