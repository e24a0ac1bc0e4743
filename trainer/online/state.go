package online

import (
	"bytes"
	"crypto/sha256"
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
