package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// CreekTraining trains one online model on the records of one Kafka topic, in trainers that sleep while there is nothing to learn.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=ckt,categories=creek
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Workers",type=string,JSONPath=`.status.awake`,description="Workers with a running pod, of all workers."
// +kubebuilder:printcolumn:name="Records",type=integer,JSONPath=`.status.records`
// +kubebuilder:printcolumn:name="Lag",type=integer,JSONPath=`.status.lag`
// +kubebuilder:printcolumn:name="Accuracy",type=string,JSONPath=`.status.metrics[?(@.name=="accuracy")].value`
// +kubebuilder:printcolumn:name="Error",type=string,JSONPath=`.status.metrics[?(@.name=="mae")].value`,description="Mean absolute error of a regression."
// +kubebuilder:printcolumn:name="Memory",type=string,JSONPath=`.status.workers[0].memory.limit`
// +kubebuilder:printcolumn:name="Reason",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 40",message="metadata.name must have at most 40 characters: worker and revision names are made from it"
// +kubebuilder:validation:XValidation:rule="self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must be a DNS label that begins with a letter: lower-case letters, digits and '-'"
type CreekTraining struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard object metadata. The name is part of the keys under which state is kept.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is what is to be learned, from where, and with which means.
	// +required
	Spec CreekTrainingSpec `json:"spec"`

	// status is what was seen last.
	// +optional
	Status CreekTrainingStatus `json:"status,omitempty"`
}

// CreekTrainingList is a list of CreekTrainings.
//
// +kubebuilder:object:root=true
type CreekTrainingList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []CreekTraining `json:"items"`
}

// CreekTrainingSpec says what is to be learned, from where, and with which means.
//
// +kubebuilder:validation:XValidation:rule="self.lineage >= oldSelf.lineage",fieldPath=".lineage",message="lineage must not be lowered: an earlier life of the model cannot be taken up again"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || self.source.kafka.topic == oldSelf.source.kafka.topic",fieldPath=".source.kafka.topic",message="topic is fixed within a lineage; raise spec.lineage to start anew from another topic"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || self.source.kafka.startPosition == oldSelf.source.kafka.startPosition",fieldPath=".source.kafka.startPosition",message="startPosition is fixed within a lineage; raise spec.lineage to start anew"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || self.source.kafka.?startTimestamp == oldSelf.source.kafka.?startTimestamp",fieldPath=".source.kafka.startTimestamp",message="startTimestamp is fixed within a lineage; raise spec.lineage to start anew"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || self.source.format == oldSelf.source.format",fieldPath=".source.format",message="format is fixed within a lineage; raise spec.lineage to start anew with another format"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || self.source.format.features.map(f, f.name) == oldSelf.source.format.features.map(f, f.name)",fieldPath=".source.format.features",message="format is fixed within a lineage, the order of its features included; raise spec.lineage to start anew with another format"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || !has(self.source.format.classes) || !has(oldSelf.source.format.classes) || self.source.format.classes.map(c, c) == oldSelf.source.format.classes.map(c, c)",fieldPath=".source.format.classes",message="format is fixed within a lineage, the order of its classes included; raise spec.lineage to start anew with another format"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || !has(self.source.format.csv) || !has(oldSelf.source.format.csv) || self.source.format.csv.columns.map(c, c) == oldSelf.source.format.csv.columns.map(c, c)",fieldPath=".source.format.csv.columns",message="format is fixed within a lineage, the order of its columns included; raise spec.lineage to start anew with another format"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || (self.model.algorithm == oldSelf.model.algorithm && self.model.seed == oldSelf.model.seed && (has(self.model.base) ? has(oldSelf.model.base) && self.model.base == oldSelf.model.base : !has(oldSelf.model.base)) && (has(self.model.preprocessing) ? has(oldSelf.model.preprocessing) && self.model.preprocessing == oldSelf.model.preprocessing : !has(oldSelf.model.preprocessing)))",fieldPath=".model",message="model is fixed within a lineage; raise spec.lineage to start anew with another model"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || ['aggregation', 'alpha', 'b', 'beta', 'binarySplit', 'bins', 'bootstrapSampling', 'delta', 'dirichlet', 'disableBackgroundTrees', 'disableDriftDetection', 'disableWeightedVote', 'driftDelta', 'driftWindowThreshold', 'epsilon', 'gracePeriod', 'hashBits', 'height', 'interactions', 'l1', 'lambda', 'leafLearningRate', 'leafPrediction', 'learnIntercept', 'learningRate', 'limits', 'maxBins', 'maxBytes', 'maxDepth', 'maxFeatures', 'maxNodes', 'maxShareToSplit', 'maxSlots', 'members', 'meritPreprune', 'minBranchFraction', 'minSamplesReevaluate', 'minSamplesSplit', 'missingDensity', 'mode', 'modelSelectorDecay', 'nbThreshold', 'numericObserver', 'optimizer', 'powerT', 'quantizerRadius', 'radius', 'removePoorAttributes', 'splitCriterion', 'splitPure', 'splits', 'step', 'subspace', 'subspaceSize', 'switchSignificance', 'tau', 'trainingMethod', 'trueThreshold', 'useAggregation', 'warningDelta', 'watchedErrors', 'windowSize'].all(n, (has(self.model.parameters) && n in self.model.parameters ? '=' + self.model.parameters[n] : '-') == (has(oldSelf.model.parameters) && n in oldSelf.model.parameters ? '=' + oldSelf.model.parameters[n] : '-') || n == 'epsilon' && self.model.algorithm in ['PassiveAggressive'] || n == 'learningRate' && self.model.algorithm in ['LinearRegression', 'LogisticRegression', 'SoftmaxRegression'])",fieldPath=".model.parameters",messageExpression="'fixed within a lineage: ' + ['aggregation', 'alpha', 'b', 'beta', 'binarySplit', 'bins', 'bootstrapSampling', 'delta', 'dirichlet', 'disableBackgroundTrees', 'disableDriftDetection', 'disableWeightedVote', 'driftDelta', 'driftWindowThreshold', 'epsilon', 'gracePeriod', 'hashBits', 'height', 'interactions', 'l1', 'lambda', 'leafLearningRate', 'leafPrediction', 'learnIntercept', 'learningRate', 'limits', 'maxBins', 'maxBytes', 'maxDepth', 'maxFeatures', 'maxNodes', 'maxShareToSplit', 'maxSlots', 'members', 'meritPreprune', 'minBranchFraction', 'minSamplesReevaluate', 'minSamplesSplit', 'missingDensity', 'mode', 'modelSelectorDecay', 'nbThreshold', 'numericObserver', 'optimizer', 'powerT', 'quantizerRadius', 'radius', 'removePoorAttributes', 'splitCriterion', 'splitPure', 'splits', 'step', 'subspace', 'subspaceSize', 'switchSignificance', 'tau', 'trainingMethod', 'trueThreshold', 'useAggregation', 'warningDelta', 'watchedErrors', 'windowSize'].filter(n, (has(self.model.parameters) && n in self.model.parameters ? '=' + self.model.parameters[n] : '-') != (has(oldSelf.model.parameters) && n in oldSelf.model.parameters ? '=' + oldSelf.model.parameters[n] : '-') && !(n == 'epsilon' && self.model.algorithm in ['PassiveAggressive']) && !(n == 'learningRate' && self.model.algorithm in ['LinearRegression', 'LogisticRegression', 'SoftmaxRegression']))[0] + '; raise spec.lineage to start anew with other values'",message="fixed within a lineage, but for the parameters that docs/models.md calls changeable; raise spec.lineage to start anew with other values"
// +kubebuilder:validation:XValidation:rule="self.lineage > oldSelf.lineage || (has(self.model.task) && has(oldSelf.model.task) ? self.model.task == oldSelf.model.task : !has(self.model.task) && !has(oldSelf.model.task) || (has(self.model.task) ? self.model.task : oldSelf.model.task) == (self.model.algorithm == 'LinearRegression' ? 'Regression' : self.model.algorithm in ['HalfSpaceTrees', 'LODA'] ? 'AnomalyDetection' : 'Classification'))",fieldPath=".model.task",message="task is fixed within a lineage; raise spec.lineage to start anew with another task"
// +kubebuilder:validation:XValidation:rule="!(self.model.algorithm in ['ALMA', 'LogisticRegression', 'PassiveAggressive', 'Perceptron']) || !has(self.source.format.classes) || self.source.format.classes.size() == 2",fieldPath=".source.format.classes",message="ALMA, LogisticRegression, PassiveAggressive and Perceptron need exactly two classes, the positive one last; OneVsRest makes them tell more apart"
// +kubebuilder:validation:XValidation:rule="!(self.model.algorithm in ['HalfSpaceTrees', 'LODA']) || !has(self.source.format.classes) || self.source.format.classes.size() == 2",fieldPath=".source.format.classes",message="HalfSpaceTrees and LODA tell what is unusual from what is usual: two classes at most, the unusual one last"
// +kubebuilder:validation:XValidation:rule="has(self.source.format.label) || self.model.algorithm in ['HalfSpaceTrees', 'LODA']",fieldPath=".source.format.label",message="label is required, except in anomaly detection"
type CreekTrainingSpec struct {
	// lineage numbers the lives of the model. Raising it starts a new model from the start position and is the only way to change the
	// topic, the start, the format or the model. It is never lowered.
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +optional
	Lineage int64 `json:"lineage,omitempty"`

	// source is the stream to learn from.
	// +required
	Source SourceSpec `json:"source"`

	// model is the learner.
	// +required
	Model ModelSpec `json:"model"`

	// parallelism is how many workers share the work.
	// +kubebuilder:default={}
	// +optional
	Parallelism ParallelismSpec `json:"parallelism,omitempty,omitzero"`

	// delivery is how records reach a worker. Pull (the default): the request names offsets and the worker fetches them from Kafka. Push:
	// the dispatcher reads them and the request carries them, compressed, up to source.batch.maxBytes and 3Mi; where it has no room for
	// them, 48Mi over all trainings, the worker fetches them all the same. The model learns the same in both. It may be changed at any
	// time; the baseline always pulls.
	// +kubebuilder:default=Pull
	// +optional
	Delivery Delivery `json:"delivery,omitempty"`

	// state is where history and checkpoints are kept.
	// +required
	State StateSpec `json:"state"`

	// memory is how the workers' memory limits follow their use.
	// +kubebuilder:default={}
	// +optional
	Memory MemorySpec `json:"memory,omitempty,omitzero"`

	// scaling is when a worker goes to sleep.
	// +kubebuilder:default={}
	// +optional
	Scaling ScalingSpec `json:"scaling,omitempty,omitzero"`

	// trainer is how the workers' pods look.
	// +kubebuilder:default={}
	// +optional
	Trainer TrainerSpec `json:"trainer,omitempty,omitzero"`

	// baseline, when given, runs the same training a second time in a pod that never sleeps, to compare with.
	// +optional
	Baseline *BaselineSpec `json:"baseline,omitempty"`

	// suspend finishes the slice in flight, saves a checkpoint and then sends nothing more; the baseline is scaled to zero.
	// Setting it back goes on where it was.
	// +kubebuilder:default=false
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// Delivery is how records reach a worker.
//
// +kubebuilder:validation:Enum=Pull;Push
type Delivery string

// Values of Delivery.
const (
	DeliveryPull Delivery = "Pull"
	DeliveryPush Delivery = "Push"
)
