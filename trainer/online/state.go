package online

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"

	"creek.dev/creek/trainer/online/flat"
)

const (
	stateMagic    = "CreekMdl"
	formatVersion = 1
	headBytes     = len(stateMagic) + 2 + 2 + 4 + 8 + sha256.Size
	checksumBytes = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// section is a named part of the state.
type section struct {
	name string
	part stateful
}

// text lets the configuration be written like any other part.
type text []byte

func (t text) AppendState(dst []byte) []byte { return append(dst, t...) }
func (t text) StateBytes() int               { return len(t) }
func (t text) HeapBytes() int                { return len(t) }
func (t text) RestoreState(src []byte) error {
	if !bytes.Equal(t, src) {
		return ErrConfig
	}
	return nil
}

func (m *Model) sections() []section {
	s := make([]section, 0, 2+len(m.transforms))
	s = append(s, section{"config", text(m.configText)})
	for i, t := range m.transforms {
		s = append(s, section{"preprocessing/" + strconv.Itoa(i), t})
	}
	return append(s, section{"model", m.classifier})
}

// AppendState appends the whole model, configuration included, in the format
// described in the package documentation. Equal models give equal bytes.
func (m *Model) AppendState(dst []byte) []byte {
	start := len(dst)
	sections := m.sections()
	dst = append(dst, stateMagic...)
	dst = append(dst, formatVersion, 0, NumericsVersion, 0)
	dst = flat.AppendUint32(dst, uint32(len(sections)))
	dst = flat.AppendUint64(dst, m.rows)
	dst = append(dst, m.digest[:]...)
	for _, s := range sections {
		dst = append(dst, byte(len(s.name)))
		dst = append(dst, s.name...)
		dst = flat.AppendUint64(dst, uint64(s.part.StateBytes()))
		dst = s.part.AppendState(dst)
	}
	return flat.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// StateBytes is the length of what AppendState appends.
func (m *Model) StateBytes() int {
	n := headBytes + checksumBytes
	for _, s := range m.sections() {
		n += 1 + len(s.name) + 8 + s.part.StateBytes()
	}
	return n
}

// HeapBytes is the memory that the model occupies, near enough to plan by.
func (m *Model) HeapBytes() int {
	n := 8*len(m.bounded) + 8*len(m.scores)
	for _, s := range m.sections() {
		n += s.part.HeapBytes()
	}
	for _, row := range m.stages {
		n += 8 * len(row)
	}
	return n
}

// Digest is the SHA-256 of the state.
func (m *Model) Digest() [sha256.Size]byte {
	return sha256.Sum256(m.AppendState(make([]byte, 0, m.StateBytes())))
}

// RestoreState makes the model what it was when AppendState wrote src, on any
// machine. When it fails, with an error that wraps ErrNotState, ErrCorrupt,
// ErrVersion or ErrConfig, the model is unchanged.
func (m *Model) RestoreState(src []byte) error {
	h, err := readHead(src)
	if err != nil {
		return err
	}
	if h.digest != m.digest {
		return fmt.Errorf("restoring a %s: %w", m.plan.algorithm.name, ErrConfig)
	}
	fresh, err := New(m.plan.config)
	if err != nil {
		return err
	}
	if err := fresh.restoreSections(h); err != nil {
		return err
	}
	*m = *fresh
	return nil
}

// Load makes a model from its state alone, or fails like RestoreState.
func Load(src []byte) (*Model, error) {
	h, err := readHead(src)
	if err != nil {
		return nil, err
	}
	r := flat.NewReader(h.rest)
	if name := r.Bytes(uint64(r.Uint8())); string(name) != "config" {
		return nil, fmt.Errorf("%w: it does not begin with its configuration", ErrCorrupt)
	}
	var c Config
	if err := json.Unmarshal(r.Bytes(r.Uint64()), &c); err != nil {
		return nil, fmt.Errorf("%w: its configuration cannot be read: %w", ErrCorrupt, err)
	}
	m, err := New(c)
	if err != nil {
		return nil, fmt.Errorf("%w: its configuration cannot be used: %w", ErrVersion, err)
	}
	if m.digest != h.digest {
		return nil, fmt.Errorf("%w: its configuration is not the one it names", ErrCorrupt)
	}
	return m, m.restoreSections(h)
}

type head struct {
	sections uint32
	rows     uint64
	digest   [sha256.Size]byte
	rest     []byte
}

func readHead(src []byte) (head, error) {
	if len(src) < headBytes+checksumBytes || string(src[:len(stateMagic)]) != stateMagic {
		return head{}, fmt.Errorf("reading %d bytes: %w", len(src), ErrNotState)
	}
	body := src[:len(src)-checksumBytes]
	r := flat.NewReader(body[len(stateMagic):])
	if format, numerics := r.Uint16(), r.Uint16(); format != formatVersion || numerics != NumericsVersion {
		return head{}, fmt.Errorf("%w: format %d with numerics %d, this build has %d with %d",
			ErrVersion, format, numerics, formatVersion, NumericsVersion)
	}
	sum := flat.NewReader(src[len(body):]).Uint32()
	if crc32.Checksum(body, castagnoli) != sum {
		return head{}, fmt.Errorf("%w: the checksum differs", ErrCorrupt)
	}
	h := head{sections: r.Uint32(), rows: r.Uint64()}
	copy(h.digest[:], r.Bytes(sha256.Size))
	h.rest = body[headBytes:]
	return h, nil
}

func (m *Model) restoreSections(h head) error {
	sections := m.sections()
	if int64(h.sections) != int64(len(sections)) {
		return fmt.Errorf("%w: %d sections instead of %d", ErrCorrupt, h.sections, len(sections))
	}
	r := flat.NewReader(h.rest)
	for _, s := range sections {
		name := r.Bytes(uint64(r.Uint8()))
		payload := r.Bytes(r.Uint64())
		if r.Err() != nil || string(name) != s.name {
			return fmt.Errorf("%w: section %s is missing", ErrCorrupt, s.name)
		}
		if err := s.part.RestoreState(payload); err != nil {
			return fmt.Errorf("%w: section %s: %w", ErrCorrupt, s.name, err)
		}
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	m.rows = h.rows
	return nil
}
