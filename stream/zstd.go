package stream

import (
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	// A zstd block takes three bytes at least and holds at most 128 KiB.
	zstdBlock = 128 << 10
	zstdLeast = 3
	// zstdGuess is how many times its length a frame is expected to hold at first.
	zstdGuess = 4
)

// zstdDecoder decompresses into the room that there is and not beyond it.
var zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true))
})

// inflateZstd appends what frames hold to the arena. They are decompressed right into it, which is also the window that they refer back to:
// a reader of streams would keep one of its own, of megabytes.
func inflateZstd(payload, arena []byte) ([]byte, error) {
	decoder, err := zstdDecoder()
	if err != nil {
		return arena, err
	}
	most := min(maxPlain, (len(payload)/zstdLeast+1)*zstdBlock)
	return widen(arena, zstdGuess*len(payload), most, func(room []byte) (n int, short bool, err error) {
		plain, err := decoder.DecodeAll(payload, room[:0])
		// A room that is too small is told by several errors, some of which damaged frames give too.
		return len(plain), err != nil, err
	})
}
