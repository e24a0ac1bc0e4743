package linear

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var hashParameters = []parameter.Spec{
	{
		Name: "hashBits", Type: parameter.Integer, Default: 0, Min: 0, Max: 28,
		Doc: "The weights are single-precision numbers in a table of 2^hashBits places, found by hashing, and nominal features are learned as they are; 0 for one weight for each numeric feature.",
	},
	{
		Name: "interactions", Type: parameter.Text, Accepts: `all, or pairs of the numbers of features, from 0, such as 0:1,2:3`,
		Check: func(text string) (string, error) {
			if text == "" || text == all {
				return text, nil
			}
			pairs, err := parsePairs(text)
			return writePairs(pairs), err
		},
		Doc: "Products of two features that are learned as features of their own, if hashBits is not 0.",
	},
}

// all stands for all pairs of different features.
const all = "all"

// maxPairs bounds the interactions of a row.
const maxPairs = 1 << 20

var errPair = errors.New("not a pair of numbers")

func parsePairs(text string) (pairs [][2]int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		var pair [2]int
		left, right, ok := strings.Cut(strings.TrimSpace(part), ":")
		for i, s := range []string{left, right} {
			n, err := strconv.ParseUint(s, 10, 20)
			if err != nil || !ok {
				return nil, errPair
			}
			pair[i] = int(n)
		}
		pairs = append(pairs, [2]int{min(pair[0], pair[1]), max(pair[0], pair[1])})
	}
	if len(pairs) > maxPairs {
		return nil, errPair
	}
	return pairs, nil
}

func writePairs(pairs [][2]int) string {
	texts := make([]string, 0, len(pairs))
	for _, p := range pairs {
		texts = append(texts, fmt.Sprintf("%d:%d", p[0], p[1]))
	}
	return strings.Join(texts, ",")
}

// CheckHashing says what is wrong with the interactions for rows of a schema.
func CheckHashing(s learner.Schema, v parameter.Values) error {
	text, width := v.Word("interactions"), len(s)
	wrong := func(expected string) error {
		return &parameter.Error{Owner: "hashing", Parameter: "interactions", Value: text, Range: expected}
	}
	switch {
	case text == "":
		return nil
	case v.Int("hashBits") == 0:
		return wrong("none, unless hashBits is above 0")
	case text == all && width*(width-1)/2 > maxPairs:
		return wrong(fmt.Sprintf("at most %d pairs, not those of %d features", maxPairs, width))
	case text == all:
		return nil
	}
	pairs, _ := parsePairs(text)
	for _, p := range pairs {
		if p[1] >= width {
			return wrong(fmt.Sprintf("numbers below %d, since a row has so many features", width))
		}
	}
	return nil
}

// pairsOf are the interactions of rows of a width: those of which both features
// are there.
func pairsOf(text string, width int) (pairs [][2]int) {
	if text != all {
		if text == "" {
			return nil
		}
		given, _ := parsePairs(text)
		for _, p := range given {
			if p[1] < width {
				pairs = append(pairs, p)
			}
		}
		return pairs
	}
	for i := range width {
		for j := i + 1; j < width && len(pairs) < maxPairs; j++ {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return pairs
}
