package dispatcher

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/state"
)

func s3Spec() v1alpha1.StateSpec {
	return v1alpha1.StateSpec{Type: v1alpha1.StateS3, S3: &v1alpha1.S3State{
		Endpoint: "https://minio:9000", Bucket: "models", Region: "eu-central-1", Prefix: "team",
	}}
}

func s3SpecWithSecrets() v1alpha1.StateSpec {
	spec := s3Spec()
	spec.S3.TLS = &v1alpha1.S3TLS{CARef: &v1alpha1.KeyReference{Name: "ca", Key: "root.pem"}}
	spec.S3.SecretRef = &v1alpha1.SecretReference{Name: "keys"}
	return spec
}

func TestStoreOfASpec(t *testing.T) {
	bucket := state.S3Config{Endpoint: "https://minio:9000", Bucket: "models", Region: "eu-central-1", Prefix: "team"}
	withKeys := bucket
	withKeys.AccessKeyID, withKeys.SecretAccessKey = "id", "key"
	redis := v1alpha1.StateSpec{Type: v1alpha1.StateRedis, Redis: &v1alpha1.RedisState{
		Address: "redis:6379", TLS: &v1alpha1.RedisTLS{}, SecretRef: &v1alpha1.SecretReference{Name: "redis"},
	}}
	tests := map[string]struct {
		spec v1alpha1.StateSpec
		want state.Config
	}{
		"Redis":                  {redis, state.Config{Type: state.TypeRedis, RedisAddress: "redis:6379", RedisTLS: true, Password: "p"}},
		"S3 by the pod's own":    {s3Spec(), state.Config{Type: state.TypeS3, S3: bucket}},
		"S3 by keys, private CA": {s3SpecWithSecrets(), state.Config{Type: state.TypeS3, CA: []byte("pem"), S3: withKeys}},
	}
	reader := fake.NewClientBuilder().WithObjects(
		secret("redis", map[string]string{"password": "p"}), secret("ca", map[string]string{"root.pem": "pem"}),
		secret("keys", map[string]string{"accessKeyID": "id", "secretAccessKey": "key\n"}),
	).Build()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := secrets{reader: reader, namespace: "shop"}.store(t.Context(), test.spec)
			if err != nil {
				t.Fatal(err)
			}
			// Compared as values: a Config shows nothing of its secrets.
			type plain state.Config
			if diff := cmp.Diff(plain(test.want), plain(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMissingS3SecretsAreNamed(t *testing.T) {
	tests := map[string]struct {
		secrets map[string]map[string]string
		want    string
	}{
		"no authority":  {map[string]map[string]string{"keys": {"accessKeyID": "id", "secretAccessKey": "key"}}, `Secret "ca"`},
		"no keys":       {map[string]map[string]string{"ca": {"root.pem": "pem"}}, `Secret "keys"`},
		"half of a key": {map[string]map[string]string{"ca": {"root.pem": "pem"}, "keys": {"accessKeyID": "id"}}, `key "secretAccessKey"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			build := fake.NewClientBuilder()
			for name, data := range test.secrets {
				build = build.WithObjects(secret(name, data))
			}
			_, err := secrets{reader: build.Build(), namespace: "shop"}.store(t.Context(), s3SpecWithSecrets())
			if !errors.Is(err, driver.ErrCredentialsMissing) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v does not name %s", err, test.want)
			}
		})
	}
}
