package evaluate

import "creek.dev/creek/trainer/online/metric"

// Point is what a curve says after some rows.
type Point struct {
	// Rows is the number of rows so far, whether they counted or not.
	Rows uint64 `json:"rows"`
	// Metrics are the values of the measure over all of them.
	Metrics map[string]float64 `json:"metrics"`
	// Window are the values over the rows since the point before.
	Window map[string]float64 `json:"window"`
}

// Curve is a measure that also notes its values after every so many rows.
type Curve struct {
	metric.Measure
	every, rows uint64
	window      metric.Measure
	renew       func() metric.Measure
	points      []Point
}

// NewCurve returns an empty curve of a task and a classifier's number of classes,
// as metric.New has them and refuses them, with a point after every so many rows,
// at least 1.
func NewCurve(task string, classes int, every uint64) (*Curve, error) {
	whole, err := metric.New(task, classes)
	if err != nil {
		return nil, err
	}
	renew := func() metric.Measure { return metric.Must(metric.New(task, classes)) }
	return &Curve{Measure: whole, every: max(every, 1), window: renew(), renew: renew}, nil
}

// Update implements metric.Measure.
func (c *Curve) Update(o metric.Outcome) {
	c.Measure.Update(o)
	c.window.Update(o)
	if c.rows++; c.rows%c.every == 0 {
		c.points = append(c.points, c.point())
		c.window = c.renew()
	}
}

func (c *Curve) point() Point {
	return Point{Rows: c.rows, Metrics: c.Measure.Values(), Window: c.window.Values()}
}

// Points are the points so far. The last one is of fewer rows when not as many
// have come since the one before.
func (c *Curve) Points() []Point {
	points := append([]Point(nil), c.points...)
	if c.rows%c.every != 0 {
		points = append(points, c.point())
	}
	return points
}

// Merge adds what all parts have counted, such as those of a table's partitions,
// to an empty measure of the task. It fails when they are not of one kind.
func Merge(task string, classes int, parts ...metric.Measure) (metric.Measure, error) {
	whole, err := metric.New(task, classes)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		if c, ok := part.(*Curve); ok {
			part = c.Measure
		}
		if err := whole.Merge(part); err != nil {
			return nil, err
		}
	}
	return whole, nil
}
