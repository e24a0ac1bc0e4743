package stream

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

func zstdFrame(t rapid.TB, plain []byte, options ...zstd.EOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, options...)
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, plain)
	return out.Bytes()
}

// TestZstd reads frames that tell how much they hold and such that do not, well and badly compressed, one after the other.
func TestZstd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		plain := make([]byte, rapid.IntRange(1, 300_000).Draw(t, "length"))
		alphabet := rapid.IntRange(1, 256).Draw(t, "alphabet")
		for i := range plain {
			plain[i] = byte(random.IntN(alphabet))
		}
		streamed := zstdFrame(t, plain, zstd.WithEncoderCRC(rapid.Bool().Draw(t, "checksum")), zstd.WithEncoderConcurrency(1))
		encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		payload := encoder.EncodeAll(plain, streamed)
		got, err := inflateZstd(payload, []byte("before"))
		if want := "before" + string(plain) + string(plain); err != nil || string(got) != want {
			t.Errorf("%d bytes for %d, error %v", len(got), len(want), err)
		}
	})
}

// TestZstdOfOneByte reads what is compressed so well that the first rooms are too small for it, at lengths about a block's.
func TestZstdOfOneByte(t *testing.T) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	for length := 1; length < 400_000; length += 4093 {
		plain := make([]byte, length)
		payload := encoder.EncodeAll(plain, zstdFrame(t, plain))
		got, err := inflateZstd(payload, []byte("before"))
		if err != nil || !bytes.Equal(got[6:], make([]byte, 2*length)) {
			t.Fatalf("%d bytes for %d, error %v", len(got), 6+2*length, err)
		}
	}
}

// TestZstdWindow refuses a frame whose window is larger than any that zstd makes.
func TestZstdWindow(t *testing.T) {
	frame := zstdFrame(t, make([]byte, 300_000))
	// The frame header: magic, flags, window; exponent 19 is 2^29 bytes.
	frame[5] = 19 << 3
	if got, err := inflateZstd(frame, nil); err == nil {
		t.Errorf("%d bytes of a frame with a window of 512 MiB", len(got))
	}
}

// FuzzZstd holds that no bytes make the decoder panic or make much more room than bytes come, and that it reads what a reader of streams
// does.
func FuzzZstd(f *testing.F) {
	f.Add(zstdFrame(f, bytes.Repeat([]byte("creek "), 100)))
	f.Add(zstdFrame(f, make([]byte, 200_000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := inflateZstd(data, nil)
		if most := 2*len(got) + 8*len(data) + 2*firstRoom; cap(got) > most {
			t.Fatalf("room for %d bytes, of which %d came, out of %d", cap(got), len(got), len(data))
		}
		reader, readerErr := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1))
		if readerErr != nil || err != nil {
			return
		}
		defer reader.Close()
		if want, err := io.ReadAll(io.LimitReader(reader, maxPlain)); err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, want %d", len(got), len(want))
		}
	})
}
