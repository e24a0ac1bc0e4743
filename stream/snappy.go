package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// snappyRatio is more than snappy can compress: three bytes stand for at most 64.
const snappyRatio = 64

// xerial opens the framing that Java clients put around snappy blocks: eight bytes, two versions, and blocks with their lengths.
var xerial = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0}

const (
	xerialHeader = 16
	xerialLength = 4
)

// checkSnappy refuses lengths that cannot be true, since the decoder makes room for what a block claims before it looks at it.
func checkSnappy(payload []byte) error {
	if len(payload) == 0 {
		return nil
	}
	if !bytes.HasPrefix(payload, xerial) {
		return checkSnappyBlock(payload)
	}
	for rest := payload[min(xerialHeader, len(payload)):]; len(rest) > 0; {
		if len(rest) < xerialLength {
			return errors.New("a frame is cut short")
		}
		length := int64(binary.BigEndian.Uint32(rest))
		rest = rest[xerialLength:]
		if length > int64(len(rest)) {
			return fmt.Errorf("a frame claims %d bytes, %d are there", length, len(rest))
		}
		if err := checkSnappyBlock(rest[:length]); err != nil {
			return err
		}
		rest = rest[length:]
	}
	return nil
}

func checkSnappyBlock(block []byte) error {
	claimed, n := binary.Uvarint(block)
	if n <= 0 || claimed > uint64(len(block))*snappyRatio || claimed > maxPlain {
		return fmt.Errorf("a block of %d bytes claims to hold %d", len(block), claimed)
	}
	return nil
}
