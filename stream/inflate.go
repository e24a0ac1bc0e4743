package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/segmentio/kafka-go/compress"
)

// Bounds of decompression: one batch may not fill the memory, however damaged or hostile it is.
const (
	maxPlain  = 256 << 20
	firstRoom = 64 << 10
)

// plain returns the batch's payload, decompressed to the end of arena where it was compressed, and the arena. When the arena grows,
// what was handed out of it stays valid.
func (b batch) plain(arena []byte) (plain, grown []byte, err error) {
	kind := compress.Compression(b.attributes & maskCompression)
	if kind == compress.None {
		return b.payload, arena, nil
	}
	codec := kind.Codec()
	if codec == nil {
		return nil, arena, fmt.Errorf("batch at offset %d is compressed by an unknown method, number %d", b.base, kind)
	}
	start := len(arena)
	if grown, err = inflate(codec, kind, b.payload, arena); err != nil {
		return nil, grown, fmt.Errorf("batch at offset %d: decompress %s: %w", b.base, codec.Name(), err)
	}
	return grown[start:], grown, nil
}

// inflate appends what a payload holds to the arena.
func inflate(codec compress.Codec, kind compress.Compression, payload, arena []byte) ([]byte, error) {
	switch kind {
	case compress.Lz4:
		return inflateLZ4(payload, arena)
	case compress.Zstd:
		return inflateZstd(payload, arena)
	case compress.Snappy:
		if err := checkSnappy(payload); err != nil {
			return arena, err
		}
	case compress.None, compress.Gzip:
	}
	reader := codec.NewReader(bytes.NewReader(payload))
	defer func() { _ = reader.Close() }() // It only gives buffers back.
	return readAll(reader, arena)
}

// readAll appends what a reader gives.
func readAll(reader io.Reader, arena []byte) ([]byte, error) {
	for start := len(arena); ; {
		if len(arena) == cap(arena) {
			arena = slices.Grow(arena, max(firstRoom, len(arena)))
		}
		n, err := reader.Read(arena[len(arena):cap(arena)])
		arena = arena[:len(arena)+n]
		switch {
		case errors.Is(err, io.EOF):
			return arena, nil
		case err != nil:
			return arena, err
		case len(arena)-start > maxPlain:
			return arena, fmt.Errorf("more than %d bytes", maxPlain)
		}
	}
}

// roomy returns the arena with room for so many more bytes, and at least twice as large where it had to grow.
func roomy(arena []byte, room int) []byte {
	if cap(arena)-len(arena) < room {
		arena = slices.Grow(arena, max(room, len(arena)))
	}
	return arena
}
