package resources

import (
	"k8s.io/apimachinery/pkg/types"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// Settings are those of the operator, the same for all trainings.
type Settings struct {
	// Image is the trainer's, for trainings that name none.
	Image string
	// Dispatcher is the ServiceAccount that may read the trainings' Secrets.
	Dispatcher types.NamespacedName
	// RequestSeconds bounds a request to a trainer; it is at most what the cluster's Knative allows, 600 unless it was changed.
	RequestSeconds int64
}

// ImageFor returns the image that a training asks for.
func (s Settings) ImageFor(t *trainingv1alpha1.CreekTraining) string {
	if t.Spec.Trainer.Image != "" {
		return t.Spec.Trainer.Image
	}
	return s.Image
}

// StreamSettings returns how a trainer's pod reaches Kafka; the files are those that Volumes mounts.
func StreamSettings(t *trainingv1alpha1.CreekTraining) stream.Settings {
	kafka := t.Spec.Source.Kafka
	s := stream.Settings{Brokers: kafka.BootstrapServers, TLS: kafka.TLS != nil}
	if kafka.TLS != nil && kafka.TLS.CARef != nil {
		s.CAFile = pathKafkaCA + "/" + fileCA
	}
	if kafka.TLS != nil && kafka.TLS.CertRef != nil {
		s.CertFile, s.KeyFile = pathKafkaCert+"/"+fileCert, pathKafkaCert+"/"+fileKey
	}
	if kafka.SASL != nil {
		s.SASLMechanism = string(kafka.SASL.Mechanism)
		s.UsernameFile, s.PasswordFile = pathKafkaSASL+"/"+fileUsername, pathKafkaSASL+"/"+filePassword
	}
	return s
}

// StateSettings returns how a trainer's pod reaches the state store.
func StateSettings(t *trainingv1alpha1.CreekTraining, c Credentials) state.Settings {
	s := state.Settings{Type: string(t.Spec.State.Type)}
	redis := t.Spec.State.Redis
	if redis == nil {
		return s
	}
	s.RedisAddress, s.RedisTLS = redis.Address, redis.TLS != nil
	if redis.TLS != nil && redis.TLS.CARef != nil {
		s.RedisCAFile = pathRedisCA + "/" + fileCA
	}
	if redis.SecretRef != nil {
		s.RedisPasswordFile = pathRedis + "/" + filePassword
		if c.RedisUsername {
			s.RedisUsernameFile = pathRedis + "/" + fileUsername
		}
	}
	return s
}
