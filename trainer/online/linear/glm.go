package linear

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/parameter"
)

// glm is what the generalized linear models share: weights and an intercept.
// The update order is River's: the gradient is taken at the current weights, the
// intercept moves first and by its own rate, and penalties touch only the
// features that the row has.
type glm struct {
	settings
	vector
	intercept float64
	// adaptive replaces both where the optimizer is Adaptive.
	adaptive *adaptiveVector
	// simple says that the step is the one of SGD without penalties.
	simple bool
}

func newGLM(s settings, width int) glm {
	g := glm{settings: s, simple: s.simple()}
	if s.optimizer == adaptive {
		g.adaptive = newAdaptiveVector(&s, width)
		return g
	}
	g.vector = newVector(&s, width)
	return g
}

// raw is the output before any link.
func (m *glm) raw(x []float64) float64 {
	if m.adaptive != nil {
		return m.adaptive.raw(x)
	}
	return m.dot(x) + m.intercept
}

// descend moves intercept and weights by the gradient of the loss.
func (m *glm) descend(x []float64, g float64) {
	m.intercept -= float64(m.interceptRate * g)
	if !m.simple {
		m.step(&m.settings, x, g)
		return
	}
	x = x[:len(m.weights)]
	for i, v := range x {
		if v == v {
			m.weights[i] -= float64(m.rate * float64(g*v))
		}
	}
}

// Weights are the weights in feature order and the intercept. The slice is not
// to be written to.
func (m *glm) Weights() (weights []float64, intercept float64) {
	if m.adaptive != nil {
		return m.adaptive.Weights()
	}
	return m.weights, m.intercept
}

// Fields implements flat.Stater.
func (m *glm) Fields(c *flat.Codec) {
	if m.adaptive != nil {
		m.adaptive.Fields(c)
		return
	}
	c.Float64("intercept", &m.intercept)
	c.RequireWithin(farthest, m.intercept)
	m.fields(c, &m.settings)
}

// HeapBytes implements learner.State.
func (m *glm) HeapBytes() int {
	if m.adaptive != nil {
		return m.adaptive.HeapBytes()
	}
	held, _ := m.numbers()
	return 8*held + 256
}

// LogicalBytes implements learner.State.
func (m *glm) LogicalBytes() int {
	if m.adaptive != nil {
		return m.adaptive.LogicalBytes()
	}
	_, state := m.numbers()
	return 8 * (state + 1)
}

func newGLMOf(v parameter.Values, width int) glm { return newGLM(glmSettings(v), width) }
