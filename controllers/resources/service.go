package resources

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/serving/pkg/apis/autoscaling"
	"knative.dev/serving/pkg/apis/serving"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// defaultIdleWindow is the API's default, for objects that were stored without it.
const defaultIdleWindow = 10 * time.Second

// Means of Knative's proxy beside each trainer: what a trainer's few long requests want.
const (
	proxyCPURequest    = "25m"
	proxyCPULimit      = "1000m"
	proxyMemoryRequest = "64Mi"
	proxyMemoryLimit   = "128Mi"
)

// Worker is what a worker's Knative Service is made from besides the training.
type Worker struct {
	Number      int
	Settings    Settings
	Credentials Credentials
	// Image is what the template runs: what the training asks for, or the digest that this stood for earlier.
	Image string
	// Memory is the limit in bytes.
	Memory int64
	// InitialScale is how many pods a new Revision starts with: 0, or 1 where the cluster does not allow 0.
	InitialScale int
}

// Service returns a worker's Knative Service: one request at a time, at most one pod per Revision, none while nothing is asked of it.
func Service(t *trainingv1alpha1.CreekTraining, w Worker) *servingv1.Service {
	labels := WorkerLabels(t.Name, w.Number)
	svc := &servingv1.Service{ObjectMeta: meta(t, WorkerName(t.Name, w.Number), merged(labels, map[string]string{
		// A trainer must not be reachable from outside of the cluster.
		networking.VisibilityLabelKey: serving.VisibilityClusterLocal,
	}))}
	svc.Spec.Template = servingv1.RevisionTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels:      merged(t.Spec.Trainer.Labels, labels),
			Annotations: merged(t.Spec.Trainer.Annotations, w.annotations(t)),
		},
		Spec: servingv1.RevisionSpec{
			PodSpec: podSpec(t, w.Credentials, corev1.Container{
				Image: w.Image,
				Args:  commonArgs(t, w.Credentials),
				// No protocol is named: Knative then speaks HTTP/1.1 to the trainer.
				Ports:          []corev1.ContainerPort{{ContainerPort: Port, Protocol: corev1.ProtocolTCP}},
				Resources:      requirements(t.Spec.Trainer.CPU, Bytes(w.Memory)),
				ReadinessProbe: readiness(0),
			}),
			ContainerConcurrency: new(int64(1)),
			TimeoutSeconds:       new(w.Settings.RequestSeconds),
			// Its default of 300 s would cut a request that is silent for longer, whatever the other timeout says.
			ResponseStartTimeoutSeconds: new(w.Settings.RequestSeconds),
		},
	}
	svc.Annotations = map[string]string{
		AnnotationTemplate:  TemplateHash(t, w),
		AnnotationImage:     w.Settings.ImageFor(t),
		AnnotationImageFrom: imageFrom(t),
		AnnotationMadeFrom:  madeOf(t, w.Credentials),
		AnnotationFlags:     strings.Join(KnownFlags(), ","),
	}
	return svc
}

func imageFrom(t *trainingv1alpha1.CreekTraining) string {
	if t.Spec.Trainer.Image != "" {
		return ImageFromSpec
	}
	return ImageFromOperator
}

func (w Worker) annotations(t *trainingv1alpha1.CreekTraining) map[string]string {
	window := defaultIdleWindow
	if t.Spec.Scaling.IdleWindow != nil {
		window = t.Spec.Scaling.IdleWindow.Duration
	}
	return map[string]string{
		autoscaling.MinScaleAnnotationKey:     "0",
		autoscaling.MaxScaleAnnotationKey:     "1",
		autoscaling.InitialScaleAnnotationKey: strconv.Itoa(w.InitialScale),
		autoscaling.WindowAnnotationKey:       fmt.Sprintf("%ds", int64(window.Seconds())),
		// The activator stays in the way, which holds requests while a pod starts and lets the last one go soonest.
		autoscaling.TargetBurstCapacityKey:                     "-1",
		autoscaling.MetricAnnotationKey:                        autoscaling.Concurrency,
		autoscaling.TargetUtilizationPercentageKey:             "100",
		serving.QueueSidecarCPUResourceRequestAnnotationKey:    proxyCPURequest,
		serving.QueueSidecarCPUResourceLimitAnnotationKey:      proxyCPULimit,
		serving.QueueSidecarMemoryResourceRequestAnnotationKey: proxyMemoryRequest,
		serving.QueueSidecarMemoryResourceLimitAnnotationKey:   proxyMemoryLimit,
	}
}
