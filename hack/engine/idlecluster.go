package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

const (
	idleNamespace = "idle"
	// atOnce is how many calls to the API server are made at the same time.
	atOnce = 8
)

// plane is a Kubernetes API server with trainings in it, for which this program does the operator's part.
type plane struct {
	environment *envtest.Environment
	client      client.Client
	kubeconfig  string
}

// startPlane starts kube-apiserver and etcd of KUBEBUILDER_ASSETS with Creek's kinds.
func startPlane(folder string) (*plane, error) {
	ctrl.SetLogger(logr.Discard())
	p := &plane{
		environment: &envtest.Environment{CRDDirectoryPaths: []string{filepath.Join("config", "crd", "bases")}, ErrorIfCRDPathMissing: true},
		kubeconfig:  filepath.Join(folder, "kubeconfig"),
	}
	config, err := p.environment.Start()
	if err != nil {
		return nil, fmt.Errorf("start kube-apiserver and etcd: %w", err)
	}
	fast := rest.CopyConfig(config)
	fast.QPS = -1
	if p.client, err = client.New(fast, client.Options{Scheme: controllers.Scheme()}); err != nil {
		return nil, err
	}
	user, err := p.environment.AddUser(envtest.User{Name: "dispatcher", Groups: []string{"system:masters"}}, nil)
	if err != nil {
		return nil, err
	}
	data, err := user.KubeConfig()
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(p.kubeconfig, data, 0o600)
}

func (p *plane) stop() { _ = p.environment.Stop() }

// apply makes the trainings as the operator leaves those whose trainer is there.
func (p *plane) apply(ctx context.Context, trainings []*v1alpha1.CreekTraining, trainer string) error {
	if err := p.client.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: idleNamespace}}); err != nil {
		return err
	}
	return each(trainings, func(t *v1alpha1.CreekTraining) error {
		token := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: idleNamespace, Name: t.Name + "-token"}, StringData: map[string]string{"token": "token"}}
		if err := p.client.Create(ctx, token); err != nil {
			return err
		}
		if err := p.client.Create(ctx, t); err != nil {
			return err
		}
		t.Status = v1alpha1.CreekTrainingStatus{
			ObservedGeneration: t.Generation,
			Workers:            []v1alpha1.WorkerStatus{{Name: t.Name + "-0", URL: trainer, Template: "t", ProbedTemplate: "t"}},
		}
		return p.client.Status().Update(ctx, t)
	})
}

// record writes the incarnations into the status, as the operator does once genesis is made.
func (p *plane) record(ctx context.Context, trainings []*v1alpha1.CreekTraining, store state.Store) error {
	return each(trainings, func(t *v1alpha1.CreekTraining) error {
		for {
			data, err := store.Get(ctx, history.GenesisKey(history.Lineage{Namespace: t.Namespace, Name: t.Name, Number: t.Spec.Lineage}))
			if err == nil {
				genesis, err := history.DecodeGenesis(data)
				if err != nil {
					return err
				}
				t.Status.Model = &v1alpha1.ModelStatus{Lineage: t.Spec.Lineage, Incarnation: genesis.Incarnation}
				return p.client.Status().Update(ctx, t)
			}
			if ctx.Err() != nil {
				return fmt.Errorf("wait for the genesis of %s: %w", t.Name, err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// each calls fn for each training, some at the same time.
func each(trainings []*v1alpha1.CreekTraining, fn func(*v1alpha1.CreekTraining) error) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, t := range trainings {
		group.Go(func() error { return fn(t) })
	}
	return group.Wait()
}

// idleTraining is one training of its own topic.
func idleTraining(name, kafka, redis string, features []string) *v1alpha1.CreekTraining {
	t := &v1alpha1.CreekTraining{
		ObjectMeta: metav1.ObjectMeta{Namespace: idleNamespace, Name: name},
		Spec: v1alpha1.CreekTrainingSpec{
			Source: v1alpha1.SourceSpec{
				Kafka:  v1alpha1.KafkaSource{BootstrapServers: []string{kafka}, Topic: name, StartPosition: v1alpha1.StartEarliest},
				Format: v1alpha1.FormatSpec{Type: v1alpha1.FormatJSON, Label: "class", Classes: []string{"DOWN", "UP"}},
			},
			Model: v1alpha1.ModelSpec{
				Algorithm:     v1alpha1.AlgorithmLogisticRegression,
				Preprocessing: []v1alpha1.PreprocessorSpec{{Type: "StandardScaler"}},
			},
			State: v1alpha1.StateSpec{Type: v1alpha1.StateRedis, Redis: &v1alpha1.RedisState{Address: redis}},
		},
	}
	for _, feature := range features {
		t.Spec.Source.Format.Features = append(t.Spec.Source.Format.Features, v1alpha1.FeatureSpec{Name: feature})
	}
	return t
}

// factsIdentity makes the certificate and the token with which facts are served, and returns the certificate of who signed it.
func factsIdentity(folder, token string) ([]byte, error) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return nil, err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	for name, data := range map[string][]byte{
		"tls.crt": certificate, "tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), "token": []byte(token),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	return certificate, nil
}
