package v1alpha1

// Algorithm names a learner; docs/models.md describes them, their tasks and their parameters.
//
// +kubebuilder:validation:Enum=ADWINBagging;ALMA;AdaptiveRandomForest;AggregatedMondrianForest;BernoulliNB;ExtremelyFastDecisionTree;GaussianNB;HalfSpaceTrees;HoeffdingAdaptiveTree;HoeffdingTree;LODA;LeveragingBagging;LinearRegression;LogisticRegression;MultinomialNB;OneVsRest;OnlineBagging;PassiveAggressive;Perceptron;SoftmaxRegression;StreamingGradientBoostedTrees;StreamingRandomPatches
type Algorithm string

// AlgorithmLogisticRegression is binary logistic regression, trained by stochastic gradient descent.
const AlgorithmLogisticRegression Algorithm = "LogisticRegression"

// Task is what a model predicts.
//
// +kubebuilder:validation:Enum=Classification;Regression;AnomalyDetection
type Task string

// Values of Task.
const (
	// TaskClassification predicts a class.
	TaskClassification Task = "Classification"
	// TaskRegression predicts a number.
	TaskRegression Task = "Regression"
	// TaskAnomalyDetection tells how unusual a record is.
	TaskAnomalyDetection Task = "AnomalyDetection"
)

// PreprocessorType names a step before the learner; docs/models.md describes them.
//
// +kubebuilder:validation:Enum=FeatureHasher;MaxAbsScaler;MinMaxScaler;OneHotEncoder;OrdinalEncoder;PreviousImputer;RobustScaler;StandardScaler;StatImputer
type PreprocessorType string

// PreprocessorStandardScaler shifts and scales every feature by the mean and deviation seen so far.
const PreprocessorStandardScaler PreprocessorType = "StandardScaler"

// ParameterText is the value of a parameter.
//
// +kubebuilder:validation:MaxLength=16384
type ParameterText string

// ModelSpec is the learner. Fixed within a lineage, but for the parameters that docs/models.md calls changeable.
type ModelSpec struct {
	// algorithm is the learner.
	// +required
	Algorithm Algorithm `json:"algorithm"`

	// task is what the model predicts; without it, the first task that the algorithm has. docs/models.md lists them.
	// +optional
	Task Task `json:"task,omitempty"`

	// seed is the key of all randomness in learning: equal seeds and records make equal models.
	// +kubebuilder:default=0
	// +optional
	Seed int64 `json:"seed,omitempty"`

	// parameters of the learner by lowerCamelCase name, e.g. learningRate: "0.01". The trainer checks names and ranges; a bad one is
	// reported as InvalidParameter. Those that docs/models.md calls changeable may be given other values at any time: what was learned
	// stays, and the model goes on with the new ones from some record on that the history names. One that is left out has its default.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Parameters map[string]ParameterText `json:"parameters,omitempty"`

	// base is what an ensemble of any learners is made of, e.g. of OneVsRest; without it, the ensemble's default.
	// +optional
	Base *BaseSpec `json:"base,omitempty"`

	// preprocessing are the steps that every row goes through before the learner, in order.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=8
	// +optional
	Preprocessing []PreprocessorSpec `json:"preprocessing,omitempty"`
}

// Texts returns the learner's parameters as plain texts, nil when there are none.
func (m ModelSpec) Texts() map[string]string {
	if m.Parameters == nil {
		return nil
	}
	texts := make(map[string]string, len(m.Parameters))
	for name, text := range m.Parameters {
		texts[name] = string(text)
	}
	return texts
}

// BaseSpec is the learner that an ensemble is made of.
type BaseSpec struct {
	// algorithm is the learner.
	// +required
	Algorithm Algorithm `json:"algorithm"`

	// parameters of the learner by lowerCamelCase name.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Parameters map[string]string `json:"parameters,omitempty"`
}

// PreprocessorSpec is one step before the learner.
type PreprocessorSpec struct {
	// type of the step.
	// +required
	Type PreprocessorType `json:"type"`

	// parameters of the step by lowerCamelCase name.
	// +kubebuilder:validation:MaxProperties=64
	// +optional
	Parameters map[string]string `json:"parameters,omitempty"`

	// features names those that the step is for; without it, all that it can be for. The others pass unchanged.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=512
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +optional
	Features []string `json:"features,omitempty"`
}

// ParallelismSpec is how many workers share the work.
type ParallelismSpec struct {
	// workers is the number of Knative Services that learn.
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1
	// +optional
	Workers int32 `json:"workers,omitempty"`
}
