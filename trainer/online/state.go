package online

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

const (
	stateMagic    = "CreekMdl"
	formatVersion = 2
	headBytes     = len(stateMagic) + 2 + 2
)

// head is what every state of this build begins with.
func head() []byte {
	h := append(make([]byte, 0, headBytes), stateMagic...)
	h = binary.LittleEndian.AppendUint16(h, formatVersion)
	return binary.LittleEndian.AppendUint16(h, NumericsVersion)
}

// Fields implements flat.Stater: the rows, the configuration, then every part
// under its name. A configuration is only read where it means the same.
func (m *Model) Fields(c *flat.Codec) {
	text := m.configText
	c.Bytes("config", &text)
	if c.Reading() && c.Err() == nil && !m.means(text) {
		c.Fail(ErrConfig)
		return
	}
	m.learned(c)
}

// learned are the fields behind the configuration.
func (m *Model) learned(c *flat.Codec) {
	c.Uint64("rows", &m.rows)
	for i, s := range m.steps {
		c.Part("preprocessing/"+strconv.Itoa(i), s)
	}
	c.Part("model", m.part())
}

// means tells whether a configuration is the model's own, however it is written.
func (m *Model) means(text []byte) bool {
	if bytes.Equal(text, m.configText) {
		return true
	}
	var c Config
	if json.Unmarshal(text, &c) != nil {
		return false
	}
	p, err := c.resolve()
	if err != nil {
		return false
	}
	canonical, err := p.canonical()
	return err == nil && bytes.Equal(canonical, m.configText)
}

func (m *Model) part() learner.State {
	switch {
	case m.classifier != nil:
		return m.classifier
	case m.regressor != nil:
		return m.regressor
	}
	return m.detector
}

// Write writes the whole model, configuration included, in the format described
// in the package documentation. Equal models give equal bytes. It needs no memory
// in proportion to the model.
func (m *Model) Write(w io.Writer) error {
	if _, err := flat.Write(w, head(), m); err != nil {
		return fmt.Errorf("writing a model state: %w", err)
	}
	return nil
}

// AppendState appends what Write writes.
func (m *Model) AppendState(dst []byte) []byte {
	b := bytes.NewBuffer(dst)
	// A buffer takes everything.
	_ = m.Write(b)
	return b.Bytes()
}

// StateBytes is the number of bytes that Write writes.
func (m *Model) StateBytes() int64 { return int64(headBytes) + flat.Size(m) }

// Digest is the SHA-256 of all that Write writes.
func (m *Model) Digest() (digest [sha256.Size]byte) {
	sum := sha256.New()
	// A hash takes everything.
	_ = m.Write(sum)
	sum.Sum(digest[:0])
	return digest
}

// HeapBytes estimates the memory that the model occupies, within a tenth where
// it is large.
func (m *Model) HeapBytes() int64 {
	n := m.part().HeapBytes()
	for _, s := range m.steps {
		n += s.HeapBytes() + 8*len(s.out)
	}
	b := &m.batch
	n += 8 * (cap(b.predicted) + cap(b.learned) + cap(b.classes) + cap(b.targets))
	return int64(n + 8*(len(m.bounded)+len(m.before)+len(m.scores)) + 2*len(m.configText))
}

// LogicalBytes is a size that is a function of what was learned alone. That of
// the learner is what its parameter maxBytes caps; the preprocessing's, which has
// bounds of its own, is counted here too.
func (m *Model) LogicalBytes() int64 {
	n := m.part().LogicalBytes()
	for _, s := range m.steps {
		n += s.LogicalBytes()
	}
	return int64(n)
}

// Restore makes the model what it was when Write wrote the size bytes of r, on
// any machine. When it fails, with an error that wraps ErrNotState, ErrCorrupt,
// ErrVersion or ErrConfig, the model is unchanged.
func (m *Model) Restore(r io.Reader, size int64) error {
	fresh, err := New(m.plan.config)
	if err != nil {
		return err
	}
	version, head, err := readHead(r, size)
	if err != nil {
		return err
	}
	if version == 1 {
		old, err := loadVersion1(r, head, size)
		if err != nil {
			return err
		}
		if old.digest != m.digest {
			return fmt.Errorf("restoring a %s: %w", m.plan.config.Algorithm, ErrConfig)
		}
		old.SetWorkers(m.workers)
		*m = *old
		return nil
	}
	if _, err := flat.Read(r, head, size-int64(headBytes), fresh); err != nil {
		return corrupt(err)
	}
	fresh.SetWorkers(m.workers)
	*m = *fresh
	return nil
}

// RestoreState is Restore from bytes.
func (m *Model) RestoreState(src []byte) error {
	return m.Restore(flat.FromBytes(src), int64(len(src)))
}

// Load makes a model from the size bytes of its state alone, or fails like
// Restore.
func Load(r io.Reader, size int64) (*Model, error) {
	version, head, err := readHead(r, size)
	if err != nil {
		return nil, err
	}
	if version == 1 {
		return loadVersion1(r, head, size)
	}
	l := &loader{}
	if _, err := flat.Read(r, head, size-int64(headBytes), l); err != nil {
		return nil, corrupt(err)
	}
	return l.model, nil
}

// LoadState is Load from bytes.
func LoadState(src []byte) (*Model, error) { return Load(flat.FromBytes(src), int64(len(src))) }

// loader makes the model whose configuration it finds.
type loader struct{ model *Model }

// Fields implements flat.Stater.
func (l *loader) Fields(c *flat.Codec) {
	var text []byte
	c.Bytes("config", &text)
	if c.Err() != nil {
		return
	}
	var config Config
	if err := json.Unmarshal(text, &config); err != nil {
		c.Fail(fmt.Errorf("its configuration cannot be read: %w", err))
		return
	}
	m, err := New(config)
	if err != nil {
		c.Fail(fmt.Errorf("%w: its configuration cannot be used: %w", ErrVersion, err))
		return
	}
	l.model = m
	m.learned(c)
}

// Inspect calls visit for every field of a state, without building its model,
// and returns the format and numerics versions, and what Digest would.
func Inspect(r io.Reader, size int64, visit func(flat.Field)) (format, numerics int, digest [sha256.Size]byte, err error) {
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	version, head, err := readHead(r, size)
	if err != nil {
		return version, 0, digest, err
	}
	numerics = int(binary.LittleEndian.Uint16(head[headBytes-2:]))
	if version == 1 {
		return version, numerics, digest, fmt.Errorf("%w: format 1 does not tell what it holds", ErrVersion)
	}
	if _, err = flat.Walk(r, head, size-int64(headBytes), visit); err != nil {
		err = corrupt(err)
	}
	sum.Sum(digest[:0])
	return version, numerics, digest, err
}

func readHead(r io.Reader, size int64) (version int, b []byte, err error) {
	b = make([]byte, headBytes)
	if size < int64(headBytes+sha256.Size) || size == math.MaxInt64 {
		return 0, nil, fmt.Errorf("reading %d bytes: %w", size, ErrNotState)
	}
	if _, err := io.ReadFull(r, b); err != nil {
		return 0, nil, fmt.Errorf("reading %d bytes: %w: %w", size, ErrNotState, err)
	}
	if string(b[:len(stateMagic)]) != stateMagic {
		return 0, nil, fmt.Errorf("reading %d bytes: %w", size, ErrNotState)
	}
	format := binary.LittleEndian.Uint16(b[len(stateMagic):])
	numerics := binary.LittleEndian.Uint16(b[len(stateMagic)+2:])
	if format < 1 || format > formatVersion || numerics != NumericsVersion {
		return 0, nil, fmt.Errorf("%w: format %d with numerics %d, this build has format 1 to %d with numerics %d",
			ErrVersion, format, numerics, formatVersion, NumericsVersion)
	}
	return int(format), b, nil
}

func corrupt(err error) error {
	if errors.Is(err, ErrConfig) || errors.Is(err, ErrVersion) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
