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
	if kind == compress.Snappy {
		err = checkSnappy(b.payload)
	}
	grown = arena
	if err == nil {
		grown, err = inflate(codec, b.payload, arena)
	}
	if err != nil {
		return nil, grown, fmt.Errorf("batch at offset %d: decompress %s: %w", b.base, codec.Name(), err)
	}
	return grown[start:], grown, nil
}

func inflate(codec compress.Codec, payload, arena []byte) ([]byte, error) {
	reader := codec.NewReader(bytes.NewReader(payload))
	defer func() { _ = reader.Close() }() // It only gives buffers back.
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
