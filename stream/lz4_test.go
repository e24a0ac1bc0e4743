package stream

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pierrec/lz4/v4"
	"pgregory.net/rapid"
)

func lz4Frames(t rapid.TB, plain []byte, options ...lz4.Option) []byte {
	t.Helper()
	var out bytes.Buffer
	w := lz4.NewWriter(&out)
	if err := w.Apply(options...); err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, plain)
	return out.Bytes()
}

func writeAll(t rapid.TB, w io.WriteCloser, plain []byte) {
	t.Helper()
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestLZ4 reads what a writer of streams makes, of any block size, with and without checksums, well and badly compressed, frame after frame.
func TestLZ4(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		plain := make([]byte, rapid.IntRange(0, 300_000).Draw(t, "length"))
		alphabet := rapid.IntRange(1, 256).Draw(t, "alphabet")
		for i := range plain {
			plain[i] = byte(random.IntN(alphabet))
		}
		size := rapid.SampledFrom([]lz4.BlockSize{lz4.Block64Kb, lz4.Block256Kb, lz4.Block1Mb, lz4.Block4Mb}).Draw(t, "block")
		payload := lz4Frames(t, plain, lz4.BlockSizeOption(size), lz4.BlockChecksumOption(rapid.Bool().Draw(t, "block checksum")),
			lz4.ChecksumOption(rapid.Bool().Draw(t, "checksum")), lz4.SizeOption(uint64(len(plain)*rapid.IntRange(0, 1).Draw(t, "size"))))
		skipped := append(binary.LittleEndian.AppendUint32(nil, lz4Skippable+3), 2, 0, 0, 0, 'n', 'o')
		arena := []byte("before")
		got, err := inflateLZ4(append(append(bytes.Clone(payload), skipped...), payload...), arena)
		if want := "before" + string(plain) + string(plain); err != nil || string(got) != want {
			t.Errorf("%d bytes for %d, error %v", len(got), len(want), err)
		}
	})
}

// TestLZ4Linked reads a block that refers to the one before.
func TestLZ4Linked(t *testing.T) {
	frame := binary.LittleEndian.AppendUint32(nil, lz4Magic)
	frame = append(frame, lz4Version, 4<<4, 0)
	frame = append(binary.LittleEndian.AppendUint32(frame, 8|lz4Stored), "abcdefgh"...)
	// No literals, ten bytes from eight bytes back; then five literals.
	block := []byte{0x06, 8, 0, 0x50, 'v', 'w', 'x', 'y', 'z'}
	frame = append(binary.LittleEndian.AppendUint32(frame, uint32(len(block))), block...)
	frame = append(frame, 0, 0, 0, 0)
	got, err := inflateLZ4(frame, nil)
	if diff := cmp.Diff("abcdefghabcdefghabvwxyz", string(got)); diff != "" || err != nil {
		t.Errorf("error %v, %s", err, diff)
	}
}

// TestLZ4Damaged refuses what is no frame, with what is wrong with it.
func TestLZ4Damaged(t *testing.T) {
	good := lz4Frames(t, bytes.Repeat([]byte("creek "), 100))
	changed := func(at int, to byte) []byte {
		data := bytes.Clone(good)
		data[at] = to
		return data
	}
	for name, test := range map[string]struct {
		payload []byte
		want    string
	}{
		"no magic":          {changed(0, 1), "begins with"},
		"another version":   {changed(4, 0), "no version"},
		"a small block":     {changed(5, 1<<4), "no version"},
		"a dictionary":      {changed(4, good[4]|lz4Dictionary), "wants a dictionary"},
		"cut in the header": {good[:6], "cut short"},
		"cut in a block":    {good[:12], "an LZ4 block of"},
		"no end":            {good[:len(good)-8], "cut short"},
		"nonsense":          {changed(19, 0xff), "an LZ4 block of"},
	} {
		if _, err := inflateLZ4(test.payload, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
}

// FuzzLZ4 holds that no bytes make the decoder panic or hold more than the input justifies, and that it reads what a reader of streams does.
func FuzzLZ4(f *testing.F) {
	f.Add(lz4Frames(f, bytes.Repeat([]byte("creek "), 100)))
	f.Add(lz4Frames(f, bytes.Repeat([]byte("x"), 100_000), lz4.BlockSizeOption(lz4.Block64Kb)))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := inflateLZ4(data, nil)
		if most := (lz4Ratio + 1) * 2 * len(data); cap(got) > most+64 {
			t.Fatalf("room for %d bytes out of %d", cap(got), len(data))
		}
		want, wantErr := io.ReadAll(io.LimitReader(lz4.NewReader(bytes.NewReader(data)), maxPlain))
		if wantErr == nil && err == nil && !bytes.Equal(got, want) && len(want) > 0 {
			t.Fatalf("%d bytes, want %d", len(got), len(want))
		}
	})
}
