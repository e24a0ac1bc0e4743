package memory

// statEvery is how many samples share one reading of the file cache, which costs the kernel more than usage does and changes slowly.
const statEvery = 10

// Meter finds the highest working set between two moments, by samples and by the kernel's own peak. It is not safe for concurrent use.
type Meter struct {
	probe    *Probe
	inactive int64
	current  int64
	highest  int64
	samples  int
}

// NewMeter returns a meter that measures from now on.
func NewMeter(p *Probe) *Meter {
	m := &Meter{probe: p}
	m.begin()
	return m
}

func (m *Meter) begin() {
	m.probe.ResetPeak()
	m.highest, m.samples = 0, 0
	m.Sample()
}

// Sample looks at the present usage. Between samples only the kernel's peak notices what came and went.
func (m *Meter) Sample() {
	if m.samples%statEvery == 0 {
		if n, err := m.probe.InactiveFile(); err == nil {
			m.inactive = n
		}
	}
	m.samples++
	if usage, err := m.probe.Usage(); err == nil {
		m.current = max(0, usage-m.inactive)
		m.highest = max(m.highest, m.current)
	}
}

// Take returns the highest working set since the last Take and the present one, both 0 when unknown, and measures anew.
func (m *Meter) Take() (peak, current int64) {
	m.samples = 0
	m.Sample()
	peak, current = m.highest, m.current
	// The kernel's peak counts file cache in; what of it is inactive now was most likely so at the peak.
	if kernel := m.probe.NewPeak(); kernel > 0 {
		peak = max(peak, kernel-m.inactive)
	}
	m.begin()
	return peak, current
}
