package stream

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	// zstdGuess is how many times its length a frame is expected to hold.
	zstdGuess = 4
	// zstdWindow is the largest window that a frame may ask for: what zstd's highest level has.
	zstdWindow = 128 << 20
)

// zstdDecoder decompresses into the room that there is and not beyond it.
var zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecodeAllCapLimit(true))
})

// inflateZstd appends what frames hold to the arena. They are decompressed right into it, which is also the window that they refer back to:
// a reader of streams keeps one of its own, of megabytes. Where the room does not do, or the frame is damaged (the decoder does not
// tell these apart), such a reader has the last word: beside the window it makes room as bytes come, whatever a frame claims to hold.
func inflateZstd(payload, arena []byte) ([]byte, error) {
	decoder, err := zstdDecoder()
	if err != nil {
		return arena, err
	}
	room := max(zstdGuess*len(payload), cap(arena)-len(arena))
	arena = roomy(arena, room)
	plain, err := decoder.DecodeAll(payload, arena[len(arena):len(arena):len(arena)+room])
	if err != nil {
		return streamZstd(payload, arena)
	}
	return arena[:len(arena)+len(plain)], nil
}

func streamZstd(payload, arena []byte) ([]byte, error) {
	reader, err := zstd.NewReader(bytes.NewReader(payload), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		return arena, err
	}
	defer reader.Close()
	return readAll(reader, arena)
}
