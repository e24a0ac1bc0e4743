package history

import "encoding/json"

// LearningSpec is everything that decides what a model becomes, besides the records: fixed at genesis, changed only with the lineage.
// Equal specs have equal JSON, since it holds structures and lists but for the parameter maps, whose keys encoding/json sorts.
type LearningSpec struct {
	Format        Format      `json:"format"`
	Model         Model       `json:"model"`
	Preprocessing []Transform `json:"preprocessing,omitempty"`
	// Parallelism is the mode in which shards divide the work; empty while there is one shard.
	Parallelism string `json:"parallelism,omitempty"`
}

// Format tells how a record's value becomes a label and a row of features.
type Format struct {
	// Type is JSON or CSV.
	Type string     `json:"type"`
	CSV  *CSVFormat `json:"csv,omitempty"`
	// Label names the field or column of the label; empty where an anomaly detection has none.
	Label string `json:"label,omitempty"`
	// Classes lists the labels of a classification in order; of two, the last is the positive class. Empty: 0/1, false/true or -1/1.
	Classes []string `json:"classes,omitempty"`
	// Features lists the model's inputs in the order of the model's weights.
	Features []Feature `json:"features"`
}

// CSVFormat names the columns of records without a header.
type CSVFormat struct {
	Columns   []string `json:"columns"`
	Delimiter string   `json:"delimiter,omitempty"`
}

// Feature is one input of the model.
type Feature struct {
	Name string `json:"name"`
	// Type is Numeric or Nominal; empty means Numeric.
	Type string `json:"type,omitempty"`
	// Path is the dotted path of the value in a JSON record or the column of a CSV record; empty means Name.
	Path string `json:"path,omitempty"`
}

// Model names the learner and its parameters.
type Model struct {
	Algorithm  string            `json:"algorithm"`
	Task       string            `json:"task,omitempty"`
	Seed       int64             `json:"seed,omitempty"`
	Parameters map[string]string `json:"parameters,omitempty"`
	// Base is what an ensemble is made of; nil means its default.
	Base *Base `json:"base,omitempty"`
}

// Base names the learner that an ensemble is made of.
type Base struct {
	Algorithm  string            `json:"algorithm"`
	Parameters map[string]string `json:"parameters,omitempty"`
}

// Transform is one step that rows go through before the learner.
type Transform struct {
	Type       string            `json:"type"`
	Parameters map[string]string `json:"parameters,omitempty"`
	// Features names those that the step is for; empty means all that it can be for.
	Features []string `json:"features,omitempty"`
}

// Digest identifies the spec: equal specs, and only those, have equal digests.
func (s LearningSpec) Digest() Digest {
	data, err := json.Marshal(s)
	if err != nil {
		// Strings, integers, lists and maps of strings always marshal.
		panic("history: marshal a learning spec: " + err.Error())
	}
	return Sum(data)
}
