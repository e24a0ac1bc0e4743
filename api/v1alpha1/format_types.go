package v1alpha1

// FormatType is how a record's value is written.
//
// +kubebuilder:validation:Enum=JSON;CSV
type FormatType string

// Values of FormatType.
const (
	FormatJSON FormatType = "JSON"
	FormatCSV  FormatType = "CSV"
)

// FeatureType is the kind of a feature's values.
//
// +kubebuilder:validation:Enum=Numeric;Nominal
type FeatureType string

// Values of FeatureType.
const (
	// FeatureNumeric is a number; booleans count as 0 and 1.
	FeatureNumeric FeatureType = "Numeric"
	// FeatureNominal is a text, number or boolean that stands for nothing but itself. Trees and Bayesian learners take it as it is,
	// others need an encoding step before them.
	FeatureNominal FeatureType = "Nominal"
)

// FormatSpec tells how a record's value becomes a label and a row of features. Fixed within a lineage.
//
// +kubebuilder:validation:XValidation:rule="self.type == 'CSV' ? has(self.csv) : !has(self.csv)",fieldPath=".csv",message="csv is required when type is CSV, and only then"
// +kubebuilder:validation:XValidation:rule="!has(self.label) || self.features.all(f, (has(f.path) ? f.path : f.name) != self.label)",fieldPath=".features",message="the label must not be a feature as well: the model would learn to copy it"
// +kubebuilder:validation:XValidation:rule="!has(self.csv) || !has(self.label) || self.label in self.csv.columns",fieldPath=".label",message="label must be one of csv.columns"
// +kubebuilder:validation:XValidation:rule="!has(self.csv) || self.features.all(f, (has(f.path) ? f.path : f.name) in self.csv.columns)",fieldPath=".features",message="every feature's path (its name when it has none) must be one of csv.columns"
type FormatSpec struct {
	// type is JSON (one object a record) or CSV (one line a record, without a header).
	// +required
	Type FormatType `json:"type"`

	// csv describes the columns, for type CSV.
	// +optional
	CSV *CSVFormat `json:"csv,omitempty"`

	// label is the dotted path of the label in a JSON record, where a dot that belongs to a name has a backslash before it, or its column
	// in a CSV record: a class, or the number to be predicted. A record must have it, except in anomaly detection, which measures itself
	// where there is a label and needs none.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +optional
	Label string `json:"label,omitempty"`

	// classes lists the labels in order; of two, the last is the positive class. Without it labels are 0 and 1, false and true,
	// or -1 and 1. A regression has none.
	// +listType=set
	// +kubebuilder:validation:MinItems=2
	// +kubebuilder:validation:MaxItems=128
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +optional
	Classes []string `json:"classes,omitempty"`

	// features are the inputs of the model, in the order of its weights.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=512
	// +required
	Features []FeatureSpec `json:"features"`
}

// CSVFormat names the columns of records without a header.
type CSVFormat struct {
	// columns are the names of all columns, from left to right.
	// +listType=set
	// +kubebuilder:validation:MinItems=2
	// +kubebuilder:validation:MaxItems=1024
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +required
	Columns []string `json:"columns"`

	// delimiter is the one character between two columns.
	// +kubebuilder:default=","
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1
	// +kubebuilder:validation:XValidation:rule="!(self in ['\"', '\\n', '\\r'])",message="delimiter must not be a quote or a line end"
	// +optional
	Delimiter string `json:"delimiter,omitempty"`
}

// FeatureSpec is one input of the model.
type FeatureSpec struct {
	// name of the feature, unique in the list.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +required
	Name string `json:"name"`

	// type of the feature's values.
	// +kubebuilder:default=Numeric
	// +optional
	Type FeatureType `json:"type,omitempty"`

	// path is the dotted path of the value in a JSON record, where a dot that belongs to a name has a backslash before it, or its
	// column in a CSV record; without it, the name, with all its dots.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +optional
	Path string `json:"path,omitempty"`
}
