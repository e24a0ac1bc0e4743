package history

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// checkpointMagic opens every checkpoint; its last byte is the version of the container's layout.
var checkpointMagic = []byte("CREEKCP\x01")

// maxCheckpointHeader bounds the JSON header, so that a damaged length never makes the decoder allocate.
const maxCheckpointHeader = 1 << 20

// CheckpointHeader says what a checkpoint holds and where in the history it was taken.
type CheckpointHeader struct {
	Version int `json:"version"`
	Lineage
	Incarnation string `json:"incarnation"`
	Segment     string `json:"segment,omitempty"`
	Shard       int    `json:"shard"`
	// Epoch is the one in force at Position, and Terms are its, unless it is 0: then those of genesis are in force.
	Epoch    int64    `json:"epoch"`
	Terms    *Terms   `json:"terms,omitempty"`
	Position Position `json:"position"`
	// Hash is the chain hash at Position.
	Hash Digest `json:"hash"`
	// Input is the running hash of what was consumed: partition, offset, timestamp, key and value of every record, in order.
	Input   string `json:"input"`
	Records int64  `json:"records"`
	// DeadLetters counts the records that were passed over because they could not be read.
	DeadLetters int64 `json:"deadLetters,omitempty"`
	// MetricsBytes, OutputsBytes and ModelBytes are the lengths of the parts that follow the header.
	MetricsBytes int64 `json:"metricsBytes"`
	OutputsBytes int64 `json:"outputsBytes,omitempty"`
	ModelBytes   int64 `json:"modelBytes"`
	// ModelDigest is the sum of the model part.
	ModelDigest Digest `json:"modelDigest"`
	// UnixMillis is when it was made. It and ModelDigest's neighbours apart, equal input gives equal checkpoints; see Digest.
	UnixMillis int64 `json:"unixMillis"`
}

// Checkpoint is the state of a shard at a position. Its encoding is: magic, header length (uint32 little-endian), header (JSON), metrics,
// unacknowledged dead letters (JSON), model, and the SHA-256 sum of all that precedes.
type Checkpoint struct {
	Header  CheckpointHeader
	Metrics []byte
	// Outputs are the dead letters that nobody has acknowledged.
	Outputs DeadLetters
	Model   []byte
}

// Digest identifies what was learned: everything but when it was saved and what was acknowledged.
func (c Checkpoint) Digest() Digest {
	header := c.Header
	header.UnixMillis, header.OutputsBytes = 0, 0
	return Sum(append(encodeHeader(header), c.Metrics...))
}

// Encode returns the bytes to store. It fills in the lengths and the model's digest.
func (c Checkpoint) Encode() []byte {
	_, data := c.Seal()
	return data
}

// Seal returns the checkpoint as Completed does, and the bytes to store. The model, which may be large, is summed once for both.
func (c Checkpoint) Seal() (Checkpoint, []byte) {
	outputs := c.Outputs.encode()
	c.Header = c.completed(len(outputs))
	header := encodeHeader(c.Header)
	out := make([]byte, 0, len(checkpointMagic)+4+len(header)+len(c.Metrics)+len(outputs)+len(c.Model)+len(Digest{}))
	out = append(out, checkpointMagic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	out = append(out, header...)
	out = append(out, c.Metrics...)
	out = append(out, outputs...)
	out = append(out, c.Model...)
	sum := Sum(out)
	return c, append(out, sum[:]...)
}

// Facts describes the checkpoint, whose encoding has so many bytes.
func (c Checkpoint) Facts(bytes int) *CheckpointFacts {
	h := c.Header
	return &CheckpointFacts{
		Position: h.Position, Hash: h.Hash, ModelDigest: h.ModelDigest, Records: h.Records, DeadLetters: h.DeadLetters, Bytes: int64(bytes), UnixMillis: h.UnixMillis,
	}
}

func (c Checkpoint) completed(outputs int) CheckpointHeader {
	header := c.Header
	header.Version = FormatVersion
	header.MetricsBytes, header.OutputsBytes = int64(len(c.Metrics)), int64(outputs)
	header.ModelBytes = int64(len(c.Model))
	header.ModelDigest = Sum(c.Model)
	return header
}

// Completed returns the checkpoint with its header's lengths and model digest filled in, as Encode would write them.
func (c Checkpoint) Completed() Checkpoint {
	c.Header = c.completed(len(c.Outputs.encode()))
	return c
}

// DecodeCheckpoint reads stored bytes and checks every length and sum. The parts share memory with data.
func DecodeCheckpoint(data []byte) (Checkpoint, error) {
	var c Checkpoint
	fixed := len(checkpointMagic) + 4
	if len(data) < fixed+len(Digest{}) || !bytes.HasPrefix(data, checkpointMagic) {
		return c, errors.New("decode checkpoint: it does not begin as one, or is cut short")
	}
	body, stored := data[:len(data)-len(Digest{})], data[len(data)-len(Digest{}):]
	if sum := Sum(body); !bytes.Equal(sum[:], stored) {
		return c, errors.New("decode checkpoint: its sum is wrong, the stored bytes are damaged")
	}
	length := int(binary.LittleEndian.Uint32(data[len(checkpointMagic):]))
	if length > maxCheckpointHeader || fixed+length > len(body) {
		return c, fmt.Errorf("decode checkpoint: a header of %d bytes does not fit", length)
	}
	if err := readable("the checkpoint", body[fixed:fixed+length], FormatVersion); err != nil {
		return c, err
	}
	if err := strict(body[fixed:fixed+length], &c.Header); err != nil {
		return c, fmt.Errorf("decode checkpoint header: %w", err)
	}
	err := c.split(body[fixed+length:])
	return c, err
}

func (c *Checkpoint) split(parts []byte) error {
	h := c.Header
	if h.Version != FormatVersion {
		return fmt.Errorf("decode checkpoint: format version %d, this image reads %d", h.Version, FormatVersion)
	}
	total := int64(len(parts))
	if h.MetricsBytes < 0 || h.MetricsBytes > total || h.OutputsBytes < 0 || h.OutputsBytes > total-h.MetricsBytes ||
		h.ModelBytes != total-h.MetricsBytes-h.OutputsBytes {
		return fmt.Errorf("decode checkpoint: metrics of %d, outputs of %d and a model of %d bytes do not make %d",
			h.MetricsBytes, h.OutputsBytes, h.ModelBytes, total)
	}
	if err := h.validateEpoch(); err != nil {
		return fmt.Errorf("decode checkpoint: %w", err)
	}
	c.Metrics, parts = parts[:h.MetricsBytes:h.MetricsBytes], parts[h.MetricsBytes:]
	outputs, err := decodeDeadLetters(parts[:h.OutputsBytes], h.DeadLetters)
	if err != nil {
		return fmt.Errorf("decode checkpoint: its dead letters: %w", err)
	}
	c.Outputs, c.Model = outputs, parts[h.OutputsBytes:]
	if Sum(c.Model) != h.ModelDigest {
		return errors.New("decode checkpoint: the model's digest is wrong")
	}
	return h.Position.Validate()
}

func (h CheckpointHeader) validateEpoch() error {
	switch {
	case h.Epoch < 0 || h.Epoch > h.Position.Touched():
		return fmt.Errorf("epoch %d has not begun at position %s", h.Epoch, h.Position)
	case h.Epoch == 0 && h.Terms != nil:
		return errors.New("epoch 0 learns by the terms of genesis alone")
	case h.Epoch == 0:
		return nil
	}
	return h.Terms.validate()
}

func encodeHeader(h CheckpointHeader) []byte {
	data, err := json.Marshal(h)
	if err != nil {
		panic("history: marshal a checkpoint header: " + err.Error())
	}
	return data
}
