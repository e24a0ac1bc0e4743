package bayes

import (
	"errors"

	"creek.dev/creek/trainer/online/flat"
)

// ErrMerge says that two models have different features or classes.
var ErrMerge = errors.New("models of other features or classes cannot be merged")

// maxWeight bounds what a row weighs, so that no product with a squared value
// overflows.
const maxWeight = 1e50

const (
	// maxTotal is more than all rows together can weigh.
	maxTotal = 1e70
	// maxSum is more than sums of weighed values, or of their squares, come to.
	maxSum = 1e280
)

// prior counts the classes, and makes probabilities of what their likelihoods
// are. Classes that no row had so far have no part in a prediction.
type prior struct {
	// weights are the weights of the rows of each class.
	weights []float64
	// order are the classes in the order of their first rows.
	order []uint32
	// blocks say, while a prediction is made, what the scores must be multiplied
	// by: 2^(512·blocks).
	blocks []int
}

func newPrior(classes int) prior {
	return prior{weights: make([]float64, classes), order: make([]uint32, 0, classes), blocks: make([]int, classes)}
}

// learn counts one row.
func (p *prior) learn(class int, weight float64) {
	if p.weights[class] == 0 {
		p.order = append(p.order, uint32(class))
	}
	p.weights[class] += weight
}

// The values of products are kept in this range, which a factor of a magnitude
// of 2^±700 does not leave that of normal numbers from.
const (
	least    = 0x1p-256
	greatest = 0x1p256
	up       = 0x1p512
	down     = 0x1p-512
)

// inRange returns value·2^(512·blocks) with a value in [2^-256, 2^256].
func inRange(value float64, blocks int) (float64, int) {
	for value > greatest {
		value = float64(value * down)
		blocks++
	}
	for value < least {
		value = float64(value * up)
		blocks--
	}
	return value, blocks
}

// normalise divides the scores, which are products with the blocks beside them,
// by their sum. Of equal scores that of the class that was seen first is made
// the highest, by less than one part in 10^14, as River breaks ties.
func (p *prior) normalise(scores []float64) {
	top := p.align(scores)
	sum, best, highest := 0.0, 0, -1.0
	for _, c := range p.order {
		s := scores[c]
		sum += s
		if s > highest {
			best, highest = int(c), s
		}
	}
	if !top {
		return
	}
	for c := range best {
		if scores[c] == highest {
			scores[best] = float64(highest * (1 + 0x1p-50))
			break
		}
	}
	for _, c := range p.order {
		scores[c] /= sum
	}
}

// align brings all scores to the same number of blocks, the highest there is. It
// returns whether there are any.
func (p *prior) align(scores []float64) bool {
	if len(p.order) == 0 {
		return false
	}
	top, same := p.blocks[p.order[0]], true
	for _, c := range p.order[1:] {
		same = same && p.blocks[c] == top
		top = max(top, p.blocks[c])
	}
	if same {
		return true
	}
	for _, c := range p.order {
		switch top - p.blocks[c] {
		case 0:
		case 1:
			scores[c] = float64(scores[c] * down)
		default:
			scores[c] = 0
		}
	}
	return true
}

// merge adds what other has counted. Classes that are new here follow the others
// in other's order.
func (p *prior) merge(other *prior) {
	for _, c := range other.order {
		p.learn(int(c), other.weights[c])
	}
}

// Fields implements flat.Stater.
func (p *prior) Fields(c *flat.Codec) {
	classes := len(p.weights)
	c.Float64sOf("weights", p.weights)
	order := p.order
	c.Uint32s("order", &order)
	if !c.Reading() || c.Err() != nil {
		return
	}
	if !c.Require(len(order) <= classes, "at most as many classes in order as there are") {
		return
	}
	p.order = p.order[:0]
	found := make([]bool, classes)
	for _, class := range order {
		if !c.Require(int64(class) < int64(classes) && !found[class], "an order of different classes") {
			return
		}
		found[class] = true
		p.order = append(p.order, class)
	}
	c.RequireWithin(maxTotal, p.weights...)
	for class, w := range p.weights {
		c.Require(w >= 0 && (w > 0) == found[class], "an order of the classes that were seen")
	}
}

func (p *prior) heapBytes() int { return 20 * len(p.weights) }

func (p *prior) logicalBytes() int { return 8*len(p.weights) + 4*len(p.order) }
