package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// FormatVersion is the version of the encoding of genesis and checkpoint headers, and of entries that need no newer one.
const FormatVersion = 1

// Lineage names one life of one training's model.
type Lineage struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Number    int64  `json:"lineage"`
}

// String returns namespace/name/number.
func (l Lineage) String() string { return fmt.Sprintf("%s/%s/%d", l.Namespace, l.Name, l.Number) }

// Genesis is the first fact of a lineage, written once, create-if-absent. Trainers obey it and never a pod's settings.
type Genesis struct {
	Version int `json:"version"`
	Lineage
	// UID is that of the CreekTraining that the genesis was made for.
	UID string `json:"uid"`
	// Incarnation is random: it sets this life apart from an earlier one at the same key.
	Incarnation string       `json:"incarnation"`
	Spec        LearningSpec `json:"spec"`
	SpecDigest  Digest       `json:"specDigest"`
	Topic       string       `json:"topic"`
	// TopicID is Kafka's identity of the topic (a UUID's text); a topic made anew under the same name has another.
	TopicID string `json:"topicID"`
	// Start holds the resolved start offsets. A partition that is not listed appeared later and starts at 0.
	Start           Offsets `json:"start"`
	Shards          int     `json:"shards"`
	NumericsVersion int     `json:"numericsVersion"`
}

// Encode returns the bytes to store; their sum is the chain's first link.
func (g Genesis) Encode() []byte {
	data, err := json.Marshal(g)
	if err != nil {
		panic("history: marshal a genesis: " + err.Error())
	}
	return data
}

// DecodeGenesis reads and checks stored bytes.
func DecodeGenesis(data []byte) (Genesis, error) {
	var g Genesis
	if err := readable("genesis", data, FormatVersion); err != nil {
		return g, err
	}
	if err := strict(data, &g); err != nil {
		return g, fmt.Errorf("decode genesis: %w", err)
	}
	return g, g.validate()
}

func (g Genesis) validate() error {
	switch {
	case g.Version != FormatVersion:
		return fmt.Errorf("genesis has format version %d, this image reads %d", g.Version, FormatVersion)
	case g.Incarnation == "" || g.Name == "" || g.Namespace == "" || g.Topic == "" || g.TopicID == "":
		return errors.New("genesis lacks its namespace, name, incarnation, topic or topic ID")
	case g.SpecDigest != g.Spec.Digest():
		return errors.New("genesis names another spec digest than its spec has")
	case g.Shards < 1:
		return fmt.Errorf("genesis has %d shards, want at least 1", g.Shards)
	}
	if err := g.Start.Validate(); err != nil {
		return fmt.Errorf("genesis start offsets: %w", err)
	}
	return nil
}

// strict decodes one JSON value, refusing unknown fields and anything after it.
func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("more than one JSON value")
	}
	return nil
}
