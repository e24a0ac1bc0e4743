package stream

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pierrec/lz4/v4"
)

// LZ4's frame format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md.
const (
	lz4Magic     = 0x184D2204
	lz4Skippable = 0x184D2A50
	// The flags of a frame's first byte.
	lz4Version         = 0b01 << 6
	lz4Independent     = 1 << 5
	lz4BlockChecksum   = 1 << 4
	lz4ContentSize     = 1 << 3
	lz4ContentChecksum = 1 << 2
	lz4Dictionary      = 1 << 0
	// lz4Stored marks the length of a block that is not compressed.
	lz4Stored = 1 << 31
	// lz4Window is how far back a block may refer, lz4Ratio more than it can compress.
	lz4Window = 64 << 10
	lz4Ratio  = 255
	// lz4Guess is how many times its length a block is expected to hold at first.
	lz4Guess = 4
)

var errLZ4Short = errors.New("an LZ4 frame is cut short")

// inflateLZ4 appends what frames hold to the arena. Blocks are decompressed right into it: a reader of streams would first make two buffers
// of the block size that the frame names, which is 4 MiB for what many producers write. Checksums are passed over, since the batch has one.
func inflateLZ4(payload, arena []byte) ([]byte, error) {
	start := len(arena)
	for len(payload) > 0 {
		f, rest, err := parseLZ4(payload)
		if err != nil {
			return arena, err
		}
		if arena, payload, err = f.blocks(rest, arena, start+maxPlain); err != nil {
			return arena, err
		}
	}
	return arena, nil
}

// lz4Frame is what a frame's header says of its blocks.
type lz4Frame struct {
	flags byte
	// most is how many bytes a block holds at most, 0 for a frame without blocks.
	most int
}

// parseLZ4 reads a frame's header, and returns what follows it.
func parseLZ4(data []byte) (f lz4Frame, rest []byte, err error) {
	if len(data) < 8 {
		return f, nil, errLZ4Short
	}
	magic := binary.LittleEndian.Uint32(data)
	if magic&^0xf == lz4Skippable {
		length := int64(binary.LittleEndian.Uint32(data[4:]))
		if data = data[8:]; length > int64(len(data)) {
			return f, nil, errLZ4Short
		}
		return f, data[length:], nil
	}
	f.flags = data[4]
	size := data[5] >> 4 & 7
	switch {
	case magic != lz4Magic:
		return f, nil, fmt.Errorf("an LZ4 frame begins with %#x", magic)
	case f.flags&0xc0 != lz4Version || size < 4:
		return f, nil, fmt.Errorf("an LZ4 frame has the flags %#x and the block size %d, which no version has", f.flags, size)
	case f.flags&lz4Dictionary != 0:
		return f, nil, errors.New("an LZ4 frame wants a dictionary")
	}
	f.most = 1 << (8 + 2*int(size))
	header := 7
	if f.flags&lz4ContentSize != 0 {
		header += 8
	}
	if len(data) < header {
		return f, nil, errLZ4Short
	}
	return f, data[header:], nil
}

// blocks appends what the frame's blocks hold to the arena, up to a length, and returns what follows the frame.
func (f lz4Frame) blocks(data, arena []byte, limit int) (grown, rest []byte, err error) {
	for start := len(arena); f.most > 0; {
		if len(data) < 4 {
			return arena, nil, errLZ4Short
		}
		length := binary.LittleEndian.Uint32(data)
		data = data[4:]
		if length == 0 {
			break
		}
		stored := length&lz4Stored != 0
		end := int(length &^ lz4Stored)
		if end > f.most || end > len(data) {
			return arena, nil, fmt.Errorf("an LZ4 block of %d bytes, of at most %d, in a frame of %d", end, f.most, len(data))
		}
		if stored {
			arena = append(arena, data[:end]...)
		} else if arena, err = f.block(data[:end], arena, start); err != nil {
			return arena, nil, err
		}
		if len(arena) > limit {
			return arena, nil, fmt.Errorf("more than %d bytes", maxPlain)
		}
		if f.flags&lz4BlockChecksum != 0 {
			end += 4
		}
		data = data[min(end, len(data)):]
	}
	if f.most > 0 && f.flags&lz4ContentChecksum != 0 {
		data = data[min(4, len(data)):]
	}
	return arena, data, nil
}

// block appends what one block holds.
func (f lz4Frame) block(data, arena []byte, start int) ([]byte, error) {
	at := len(arena)
	var window []byte
	if f.flags&lz4Independent == 0 {
		window = arena[max(start, at-lz4Window):at]
	}
	grown, err := widen(arena, lz4Guess*len(data), min(f.most, lz4Ratio*len(data)), func(room []byte) (int, error) {
		return lz4.UncompressBlockWithDict(data, room, window)
	})
	if err != nil {
		return grown, fmt.Errorf("an LZ4 block of %d bytes: %w", len(data), err)
	}
	return grown, nil
}

// widen has decode fill the room behind the arena, and gives it more and more as long as it fails, since it does not tell damage from too
// little: there is first as much as the arena has, at least the given bytes, and at last the most that the input justifies.
func widen(arena []byte, first, most int, decode func(room []byte) (int, error)) ([]byte, error) {
	for room := min(most, max(first, cap(arena)-len(arena))); ; room = min(most, 2*room) {
		arena = roomy(arena, room)
		at := len(arena)
		n, err := decode(arena[at : at+room : at+room])
		switch {
		case err == nil:
			return arena[:at+n], nil
		case room == most:
			return arena, err
		}
	}
}
