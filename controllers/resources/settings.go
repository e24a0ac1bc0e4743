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
	if redis := t.Spec.State.Redis; redis != nil {
		redisSettings(&s, redis, c)
	}
	if s3 := t.Spec.State.S3; s3 != nil {
		s.S3 = s3Settings(s3)
	}
	return s
}

func redisSettings(s *state.Settings, redis *trainingv1alpha1.RedisState, c Credentials) {
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
}

func s3Settings(s3 *trainingv1alpha1.S3State) state.S3Settings {
	s := state.S3Settings{Endpoint: s3.Endpoint, Bucket: s3.Bucket, Region: s3.Region, Prefix: s3.Prefix}
	if s3.TLS != nil && s3.TLS.CARef != nil {
		s.CAFile = pathS3CA + "/" + fileCA
	}
	if s3.SecretRef != nil {
		s.AccessKeyFile, s.SecretKeyFile = pathS3+"/"+fileAccessKey, pathS3+"/"+fileSecretKey
	}
	return s
}
