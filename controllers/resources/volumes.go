package resources

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// Where a pod finds its Secrets, and the names of the files there.
const (
	pathToken     = "/var/run/creek/token"
	pathKafkaCA   = "/var/run/creek/kafka-ca"
	pathKafkaCert = "/var/run/creek/kafka-cert"
	pathKafkaSASL = "/var/run/creek/kafka-sasl"
	pathRedis     = "/var/run/creek/redis"
	pathRedisCA   = "/var/run/creek/redis-ca"
	pathS3        = "/var/run/creek/s3"
	pathS3CA      = "/var/run/creek/s3-ca"

	fileCA       = "ca.crt"
	fileCert     = corev1.TLSCertKey
	fileKey      = corev1.TLSPrivateKeyKey
	fileUsername = "username"
	filePassword = "password"
	// Keys in the Secret for S3.
	fileAccessKey = "accessKeyID"
	fileSecretKey = "secretAccessKey"
)

// Credentials say what the Secrets that a training names hold, as far as it decides what a pod mounts.
type Credentials struct {
	// RedisUsername: the Secret for Redis has a user name beside the password.
	RedisUsername bool
}

// SecretKeys is a Secret that a training names, and the keys of it that must be there.
type SecretKeys struct {
	// Field is the path of the reference in the spec.
	Field string
	Name  string
	Keys  []string
	// Optional keys are used when they are there.
	Optional []string
	// mount is where a pod finds it, and files the names of the keys there, in the order of Keys and Optional.
	mount, volume string
	files         []string
}

// SourceSecrets returns the Secrets by which a training reaches its source.
func SourceSecrets(t *trainingv1alpha1.CreekTraining) []SecretKeys {
	var out []SecretKeys
	kafka := t.Spec.Source.Kafka
	if kafka.TLS != nil && kafka.TLS.CARef != nil {
		out = append(out, SecretKeys{
			Field: "spec.source.kafka.tls.caRef", Name: kafka.TLS.CARef.Name, Keys: []string{keyOf(kafka.TLS.CARef)},
			mount: pathKafkaCA, volume: "kafka-ca", files: []string{fileCA},
		})
	}
	if kafka.TLS != nil && kafka.TLS.CertRef != nil {
		out = append(out, SecretKeys{
			Field: "spec.source.kafka.tls.certRef", Name: kafka.TLS.CertRef.Name, Keys: []string{fileCert, fileKey},
			mount: pathKafkaCert, volume: "kafka-cert", files: []string{fileCert, fileKey},
		})
	}
	if kafka.SASL != nil {
		out = append(out, SecretKeys{
			Field: "spec.source.kafka.sasl.secretRef", Name: kafka.SASL.SecretRef.Name, Keys: []string{fileUsername, filePassword},
			mount: pathKafkaSASL, volume: "kafka-sasl", files: []string{fileUsername, filePassword},
		})
	}
	return out
}

// StateSecrets returns the Secrets by which a training reaches its state store.
func StateSecrets(t *trainingv1alpha1.CreekTraining) []SecretKeys {
	switch spec := t.Spec.State; {
	case spec.Redis != nil:
		return redisSecrets(spec.Redis)
	case spec.S3 != nil:
		return s3Secrets(spec.S3)
	}
	return nil
}

func redisSecrets(redis *trainingv1alpha1.RedisState) (out []SecretKeys) {
	if redis.SecretRef != nil {
		out = append(out, SecretKeys{
			Field: "spec.state.redis.secretRef", Name: redis.SecretRef.Name, Keys: []string{filePassword}, Optional: []string{fileUsername},
			mount: pathRedis, volume: "redis", files: []string{filePassword, fileUsername},
		})
	}
	if redis.TLS != nil && redis.TLS.CARef != nil {
		out = append(out, SecretKeys{
			Field: "spec.state.redis.tls.caRef", Name: redis.TLS.CARef.Name, Keys: []string{keyOf(redis.TLS.CARef)},
			mount: pathRedisCA, volume: "redis-ca", files: []string{fileCA},
		})
	}
	return out
}

func s3Secrets(s3 *trainingv1alpha1.S3State) (out []SecretKeys) {
	if s3.SecretRef != nil {
		out = append(out, SecretKeys{
			Field: "spec.state.s3.secretRef", Name: s3.SecretRef.Name, Keys: []string{fileAccessKey, fileSecretKey},
			mount: pathS3, volume: "s3", files: []string{fileAccessKey, fileSecretKey},
		})
	}
	if s3.TLS != nil && s3.TLS.CARef != nil {
		out = append(out, SecretKeys{
			Field: "spec.state.s3.tls.caRef", Name: s3.TLS.CARef.Name, Keys: []string{keyOf(s3.TLS.CARef)},
			mount: pathS3CA, volume: "s3-ca", files: []string{fileCA},
		})
	}
	return out
}

// MountsOptional tells whether volumes bring an optional key of a Secret into a pod.
func MountsOptional(volumes []corev1.Volume, secret SecretKeys) bool {
	return slices.ContainsFunc(volumes, func(v corev1.Volume) bool {
		return v.Secret != nil && v.Secret.SecretName == secret.Name && slices.ContainsFunc(v.Secret.Items, func(item corev1.KeyToPath) bool {
			return v.Name == secret.volume && slices.Contains(secret.Optional, item.Key)
		})
	})
}

func keyOf(ref *trainingv1alpha1.KeyReference) string {
	if ref.Key == "" {
		return fileCA
	}
	return ref.Key
}

// volumes returns the Secrets that a pod mounts, read-only, and where.
func volumes(t *trainingv1alpha1.CreekTraining, c Credentials) ([]corev1.Volume, []corev1.VolumeMount) {
	secrets := []SecretKeys{{Name: TokenName(t.Name), Keys: []string{TokenKey}, mount: pathToken, volume: "token", files: []string{TokenKey}}}
	secrets = append(secrets, SourceSecrets(t)...)
	secrets = append(secrets, StateSecrets(t)...)
	var out []corev1.Volume
	var mounts []corev1.VolumeMount
	for _, secret := range secrets {
		keys := secret.Keys
		if c.RedisUsername {
			keys = append(slices.Clip(keys), secret.Optional...)
		}
		items := make([]corev1.KeyToPath, 0, len(keys))
		for i, key := range keys {
			items = append(items, corev1.KeyToPath{Key: key, Path: secret.files[i]})
		}
		out = append(out, corev1.Volume{
			Name:         secret.volume,
			VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: secret.Name, Items: items}},
		})
		mounts = append(mounts, corev1.VolumeMount{Name: secret.volume, MountPath: secret.mount, ReadOnly: true})
	}
	return out, mounts
}
