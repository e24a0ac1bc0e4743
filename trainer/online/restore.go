package online

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"creek.dev/creek/trainer/online/flat"
)

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
