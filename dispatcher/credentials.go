package dispatcher

import (
	"bytes"
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// Keys in the Secrets that a spec names, and the one that the operator makes.
const (
	keyUsername   = "username"
	keyPassword   = "password"
	keyAccessKey  = "accessKeyID"
	keySecretKey  = "secretAccessKey"
	keyToken      = "token"
	defaultCAKey  = "ca.crt"
	tokenSuffix   = "-token"
	missingSecret = "create it, or correct the name in the spec"
)

// secrets reads Secrets of one namespace by GET and name: the dispatcher may neither list nor watch them.
type secrets struct {
	reader    client.Reader
	namespace string
}

// value returns one key of a Secret. ErrCredentialsMissing names what is not there.
func (s secrets) value(ctx context.Context, name, key string) ([]byte, error) {
	var secret corev1.Secret
	err := s.reader.Get(ctx, types.NamespacedName{Namespace: s.namespace, Name: name}, &secret)
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("%w: Secret %q does not exist in namespace %q; %s", driver.ErrCredentialsMissing, name, s.namespace, missingSecret)
	}
	if err != nil {
		return nil, fmt.Errorf("read Secret %q in namespace %q: %w", name, s.namespace, err)
	}
	data, ok := secret.Data[key]
	if !ok || len(data) == 0 {
		return nil, fmt.Errorf("%w: Secret %q in namespace %q has no key %q; add it", driver.ErrCredentialsMissing, name, s.namespace, key)
	}
	return data, nil
}

// optional returns nil where the Secret has no such key.
func (s secrets) optional(ctx context.Context, name, key string) ([]byte, error) {
	var secret corev1.Secret
	if err := s.reader.Get(ctx, types.NamespacedName{Namespace: s.namespace, Name: name}, &secret); err != nil {
		_, err = s.value(ctx, name, key)
		return nil, err
	}
	return secret.Data[key], nil
}

// authority returns the certificates that a reference names, nil without one.
func (s secrets) authority(ctx context.Context, ref *v1alpha1.KeyReference) ([]byte, error) {
	if ref == nil {
		return nil, nil
	}
	key := ref.Key
	if key == "" {
		key = defaultCAKey
	}
	return s.value(ctx, ref.Name, key)
}

// kafka returns the connection that the spec describes, Secrets read now.
func (s secrets) kafka(ctx context.Context, spec v1alpha1.KafkaSource) (stream.Connection, error) {
	c := stream.Connection{Brokers: spec.BootstrapServers}
	if spec.TLS != nil {
		if err := s.kafkaTLS(ctx, *spec.TLS, &c); err != nil {
			return c, err
		}
	}
	if spec.SASL == nil {
		return c, nil
	}
	c.Mechanism = string(spec.SASL.Mechanism)
	username, err := s.value(ctx, spec.SASL.SecretRef.Name, keyUsername)
	if err != nil {
		return c, err
	}
	password, err := s.value(ctx, spec.SASL.SecretRef.Name, keyPassword)
	c.Username, c.Password = string(username), string(password)
	return c, err
}

// kafkaTLS fills in what a connection needs for TLS.
func (s secrets) kafkaTLS(ctx context.Context, spec v1alpha1.KafkaTLS, c *stream.Connection) (err error) {
	c.TLS = true
	if c.CA, err = s.authority(ctx, spec.CARef); err != nil || spec.CertRef == nil {
		return err
	}
	if c.Cert, err = s.value(ctx, spec.CertRef.Name, corev1.TLSCertKey); err != nil {
		return err
	}
	c.CertKey, err = s.value(ctx, spec.CertRef.Name, corev1.TLSPrivateKeyKey)
	return err
}

// store returns the state store that the spec describes, Secrets read now.
func (s secrets) store(ctx context.Context, spec v1alpha1.StateSpec) (c state.Config, err error) {
	c.Type = string(spec.Type)
	switch {
	case spec.Redis != nil:
		err = s.redis(ctx, *spec.Redis, &c)
	case spec.S3 != nil:
		err = s.s3(ctx, *spec.S3, &c)
	}
	return c, err
}

func (s secrets) redis(ctx context.Context, spec v1alpha1.RedisState, c *state.Config) (err error) {
	c.RedisAddress = spec.Address
	if spec.TLS != nil {
		c.RedisTLS = true
		if c.CA, err = s.authority(ctx, spec.TLS.CARef); err != nil {
			return err
		}
	}
	if spec.SecretRef == nil {
		return nil
	}
	username, err := s.optional(ctx, spec.SecretRef.Name, keyUsername)
	if err != nil {
		return err
	}
	password, err := s.value(ctx, spec.SecretRef.Name, keyPassword)
	c.Username, c.Password = string(username), string(password)
	return err
}

func (s secrets) s3(ctx context.Context, spec v1alpha1.S3State, c *state.Config) (err error) {
	c.S3 = state.S3Config{Endpoint: spec.Endpoint, Bucket: spec.Bucket, Region: spec.Region, Prefix: spec.Prefix}
	if spec.TLS != nil {
		if c.CA, err = s.authority(ctx, spec.TLS.CARef); err != nil {
			return err
		}
	}
	if spec.SecretRef == nil {
		return nil
	}
	id, err := s.value(ctx, spec.SecretRef.Name, keyAccessKey)
	if err != nil {
		return err
	}
	key, err := s.value(ctx, spec.SecretRef.Name, keySecretKey)
	// No key begins or ends with white space, and files from which Secrets are made often end with a line end.
	c.S3.AccessKeyID, c.S3.SecretAccessKey = string(bytes.TrimSpace(id)), string(bytes.TrimSpace(key))
	return err
}
