package tree

import "math"

// bestLevels is the best split by a leaf's i-th feature, which is nominal and was
// gathered: into all levels, or into one and the others; the first of equals.
func (t *Hoeffding) bestLevels(i int) split {
	s := &t.scratch
	best := split{merit: math.Inf(-1), at: i, kind: byAllLevels}
	levels := 0
	for _, m := range s.classes {
		levels = max(levels, int(m.block[bSquares*t.width+i]))
	}
	if !t.config.BinarySplit {
		s.branches = s.branches[:0]
		for level := range levels {
			t.addLevelWeights(i, float64(level), true)
		}
		best.merit = s.judge.merit(s.branches, len(s.classes))
	}
	for level := range levels {
		s.branches = s.branches[:0]
		if !t.addLevelWeights(i, float64(level), true) {
			continue
		}
		t.addLevelWeights(i, float64(level), false)
		if merit := s.judge.merit(s.branches, len(s.classes)); merit > best.merit {
			best = split{merit: merit, at: i, kind: byLevel, threshold: float64(level)}
		}
	}
	return best
}

// addLevelWeights adds a branch with the classes' weights at a level, if they have
// any, or elsewhere.
func (t *Hoeffding) addLevelWeights(i int, level float64, there bool) bool {
	s := &t.scratch
	some := false
	for _, m := range s.classes {
		w := t.levelWeight(m.block, i, level)
		some = some || w > 0
		if !there {
			w = m.count - w
		}
		s.branches = append(s.branches, w)
	}
	if there && !some {
		s.branches = s.branches[:len(s.branches)-len(s.classes)]
	}
	return some
}
