// Package v1alpha1 holds the API of Creek: the CreekTraining and the words of its status. It imports nothing of Creek's own, so that
// other programs can use the types by themselves.
//
// Rules across fields are CEL expressions beside the types, so that the API server refuses a bad object by itself; Creek has no
// webhook. What a topic, a lineage's format and its model are can only be changed together with the lineage.
//
// +kubebuilder:object:generate=true
// +groupName=training.creek.dev
package v1alpha1
