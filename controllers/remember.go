package controllers

import (
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/resources"
)

// remembered reads a worker's history of memory from its status.
func remembered(status *trainingv1alpha1.MemoryStatus) memory.History {
	if status == nil || status.Recommender == nil {
		return memory.History{}
	}
	from := status.Recommender
	h := memory.History{
		LastPeak: from.LastPeakBytes, LastModel: from.LastModelBytes, Growth: from.GrowthBytes,
		Slices: from.Slices, KilledAt: valueOf(from.KilledAt), Kills: from.Kills,
	}
	for _, bucket := range from.Histogram {
		h.Peaks = append(h.Peaks, memory.Bucket{Index: bucket.Bucket, Weight: bucket.Weight})
	}
	if from.Killed != nil {
		h.Killed = from.Killed.Time
	}
	for _, at := range from.Patches {
		h.Patches = append(h.Patches, at.Time)
	}
	return h
}

// remember writes a history for the status. Times keep their seconds, which is all that the API stores.
func remember(h memory.History) *trainingv1alpha1.MemoryRecommenderStatus {
	to := &trainingv1alpha1.MemoryRecommenderStatus{
		LastPeakBytes: h.LastPeak, LastModelBytes: h.LastModel, GrowthBytes: h.Growth,
		Slices: h.Slices, KilledAt: quantityOf(h.KilledAt), Kills: h.Kills,
	}
	for _, bucket := range h.Peaks {
		to.Histogram = append(to.Histogram, trainingv1alpha1.MemoryBucket{Bucket: bucket.Index, Weight: bucket.Weight})
	}
	if !h.Killed.IsZero() {
		to.Killed = timeOf(h.Killed)
	}
	for _, at := range h.Patches {
		to.Patches = append(to.Patches, *timeOf(at))
	}
	return to
}

func valueOf(q *resource.Quantity) int64 {
	if q == nil {
		return 0
	}
	return q.Value()
}

// quantityOf returns a size for the status, nil when it is unknown.
func quantityOf(bytes int64) *resource.Quantity {
	if bytes == 0 {
		return nil
	}
	q := resources.Bytes(bytes)
	// Quantities remember the text they were read from; equal ones must be equal in memory as well.
	_ = q.String()
	return &q
}

func timeOf(at time.Time) *metav1.Time { return &metav1.Time{Time: at.Truncate(time.Second)} }

func timeOfMillis(unixMillis int64) *metav1.Time {
	if unixMillis <= 0 {
		return nil
	}
	return timeOf(time.UnixMilli(unixMillis))
}
