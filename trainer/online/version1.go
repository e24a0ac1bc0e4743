package online

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"creek.dev/creek/trainer/online/flat"
)

// Version 1 of the state format held logistic regressions behind standard
// scalers only:
//
//	offset  size  what
//	0       8     "CreekMdl"
//	8       2     1
//	10      2     NumericsVersion
//	12      4     number of sections
//	16      8     rows learned
//	24      32    SHA-256 of the canonical configuration
//	56            the sections: the length of a name (1 byte), the name, the
//	              length of a payload (8), the payload
//	end-4   4     CRC-32C of everything before
//
// The first section, "config", is the configuration as JSON; "preprocessing/0"
// and so on and "model" follow.

// version1Limit bounds such a state; the largest had a few kilobytes.
const version1Limit = 1 << 24

// restorer1 is a part that version 1 knew.
type restorer1 interface {
	RestoreVersion1(r *flat.Reader)
}

// loadVersion1 makes the model of a state whose first bytes are read already.
func loadVersion1(r io.Reader, head []byte, size int64) (*Model, error) {
	if size > version1Limit {
		return nil, fmt.Errorf("%w: a state of format 1 has no %d bytes", ErrCorrupt, size)
	}
	state := append(make([]byte, 0, size), head...)
	state = state[:size]
	if _, err := io.ReadFull(r, state[len(head):]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	body := flat.NewReader(state[len(head) : size-4])
	if crc32.Checksum(state[:size-4], crc32.MakeTable(crc32.Castagnoli)) != flat.NewReader(state[size-4:]).Uint32() {
		return nil, fmt.Errorf("%w: the checksum differs", ErrCorrupt)
	}
	sections, rows := body.Uint32(), body.Uint64()
	body.Bytes(32)
	var c Config
	if err := json.Unmarshal(section1(body, "config"), &c); err != nil {
		return nil, fmt.Errorf("%w: its configuration cannot be read: %w", ErrCorrupt, err)
	}
	m, err := New(c)
	if err != nil {
		return nil, fmt.Errorf("%w: its configuration cannot be used: %w", ErrVersion, err)
	}
	if int64(sections) != int64(len(m.steps)+2) {
		return nil, fmt.Errorf("%w: it has %d sections", ErrCorrupt, sections)
	}
	m.rows = rows
	if err := m.restoreVersion1(body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return m, nil
}

func (m *Model) restoreVersion1(body *flat.Reader) error {
	for i, s := range m.steps {
		if err := restorePart1(section1(body, "preprocessing/"+strconv.Itoa(i)), s.Transformer); err != nil {
			return err
		}
	}
	if err := restorePart1(section1(body, "model"), m.part()); err != nil {
		return err
	}
	return body.Close()
}

func restorePart1(payload []byte, part any) error {
	p, ok := part.(restorer1)
	if !ok {
		return fmt.Errorf("format 1 had no %T", part)
	}
	r := flat.NewReader(payload)
	p.RestoreVersion1(r)
	return r.Close()
}

// section1 returns the payload of the next section, which must have the name.
func section1(r *flat.Reader, name string) []byte {
	if string(r.Bytes(uint64(r.Uint8()))) != name {
		r.Fail(fmt.Errorf("the section %s is missing", name))
	}
	return r.Bytes(r.Uint64())
}
