package observer

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"creek.dev/creek/history"
)

// dispatcher serves facts with the certificate and the token of the Secret's data.
func dispatcher(t *testing.T, data map[string][]byte) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+string(data[keyToken]) || r.URL.Path != history.PathFacts {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"trainings": []history.Facts{{UID: "uid", Records: 9}}})
	}))
	certificate, err := tls.X509KeyPair(data[keyCert], data[keyKey])
	if err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func issued(t *testing.T, before map[string][]byte, now time.Time) map[string][]byte {
	t.Helper()
	data, _, err := renewed(before, []string{"127.0.0.1", "creek-dispatcher.creek.svc"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOperatorAndDispatcherTrustOneAnother(t *testing.T) {
	now := time.Now()
	first := issued(t, nil, now)
	second := issued(t, first, now.Add(certificateLife))
	stranger := issued(t, nil, now)
	wrongToken := maps.Clone(first)
	wrongToken[keyToken] = []byte("guessed")
	tests := map[string]struct {
		serves, trusts map[string][]byte
		want           string
	}{
		"same":                              {first, first, ""},
		"dispatcher not yet renewed":        {first, second, ""},
		"dispatcher with another authority": {stranger, first, "certificate"},
		"wrong token":                       {first, wrongToken, "401"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := NewClient(dispatcher(t, test.serves).URL)
			if err := c.Trust(Identity{CA: test.trusts[keyCA], Token: string(test.trusts[keyToken])}); err != nil {
				t.Fatal(err)
			}
			facts, err := c.Trainings(t.Context())
			if test.want == "" {
				if err != nil || len(facts) != 1 || facts[0].Records != 9 {
					t.Errorf("facts %v, error %v", facts, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestClientWithoutIdentity(t *testing.T) {
	c := NewClient("https://127.0.0.1:1")
	if _, err := c.Trainings(t.Context()); err == nil {
		t.Error("asked without an identity")
	}
	if err := c.Trust(Identity{CA: []byte("no PEM")}); err == nil {
		t.Error("trusted what is no certificate")
	}
}

func TestRenewal(t *testing.T) {
	first := issued(t, nil, noon)
	tests := map[string]struct {
		data  map[string][]byte
		later time.Duration
		hosts []string
		want  bool
	}{
		"fresh":         {data: first},
		"two thirds on": {data: first, later: certificateLife * 2 / 3, want: false},
		"a third left":  {data: first, later: certificateLife*2/3 + time.Hour, want: true},
		"other host":    {data: first, hosts: []string{"elsewhere"}, want: true},
		"damaged":       {data: map[string][]byte{keyToken: []byte("t"), keyCert: []byte("x"), keyKey: []byte("x"), keyCA: []byte("x")}, want: true},
		"emptied":       {data: nil, want: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			hosts := test.hosts
			if hosts == nil {
				hosts = []string{"127.0.0.1"}
			}
			data, changed, err := renewed(test.data, hosts, noon.Add(test.later))
			if err != nil || changed != test.want {
				t.Errorf("changed %t, want %t; error %v", changed, test.want, err)
			}
			if token := test.data[keyToken]; token != nil && !bytes.Equal(token, data[keyToken]) {
				t.Error("the token has changed")
			}
			if len(data[keyToken]) == 0 {
				t.Error("no token")
			}
		})
	}
}

func TestKeeper(t *testing.T) {
	now := noon
	var trusted []Identity
	c := fake.NewClientBuilder().Build()
	keeper := &Keeper{
		Client: c, Key: types.NamespacedName{Namespace: "creek", Name: "creek-facts"}, Hosts: []string{"creek-dispatcher.creek.svc"},
		Now:   func() time.Time { return now },
		Trust: func(i Identity) error { trusted = append(trusted, i); return nil },
	}
	var versions []string
	for _, later := range []time.Duration{0, time.Hour, certificateLife} {
		now = noon.Add(later)
		if err := keeper.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		secret := &corev1.Secret{}
		if err := c.Get(t.Context(), keeper.Key, secret); err != nil {
			t.Fatal(err)
		}
		versions = append(versions, secret.ResourceVersion)
	}
	if diff := cmp.Diff([]string{"1", "1", "2"}, versions); diff != "" {
		t.Errorf("versions of the Secret (-want +got):\n%s", diff)
	}
	if trusted[0].Token != trusted[2].Token || !trusted[0].equal(trusted[1]) || trusted[0].equal(trusted[2]) {
		t.Error("the token must stay, and the certificate be renewed once")
	}
}
