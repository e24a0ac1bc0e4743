package stream_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"creek.dev/creek/stream"
)

// selfSigned makes a certificate for loopback that is its own authority.
func selfSigned(t *testing.T) (cert tls.Certificate, certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: plain})
	cert, err = tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return cert, certPEM, keyPEM
}

// try reads one record, writes one and asks for the topic, and returns the first error.
func try(ctx context.Context, c stream.Connection) error {
	w, err := stream.NewWatcher(c)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Topic(ctx, "records"); err != nil {
		return err
	}
	writer := stream.NewWriter(c, "records")
	defer writer.Close()
	if _, err := writer.Write(ctx, 0, made(1)); err != nil {
		return err
	}
	r := stream.NewReader(c)
	defer r.Close()
	_, _, err = collect(ctx, r, ours, 0, 0, 1)
	return err
}

func TestCredentials(t *testing.T) {
	for _, mechanism := range []string{stream.MechanismPlain, stream.MechanismScramSHA256, stream.MechanismScramSHA512} {
		t.Run(mechanism, func(t *testing.T) {
			_, connection := start(t, kfake.EnableSASL(), kfake.Superuser(mechanism, "reader", "right"))
			connection.Mechanism, connection.Username, connection.Password = mechanism, "reader", "right"
			if err := try(limit(t), connection); err != nil {
				t.Fatal(err)
			}
			for what, spoil := range map[string]func(*stream.Connection){
				"wrong password":  func(c *stream.Connection) { c.Password = "wrong" },
				"wrong user":      func(c *stream.Connection) { c.Username = "nobody" },
				"wrong mechanism": func(c *stream.Connection) { c.Mechanism = otherThan(mechanism) },
			} {
				spoiled := connection
				spoil(&spoiled)
				err := try(limit(t), spoiled)
				if !errors.Is(err, stream.ErrAuthentication) {
					t.Errorf("%s: error %v, want ErrAuthentication", what, err)
					continue
				}
				for _, want := range []string{spoiled.Mechanism, fmt.Sprintf("%q", spoiled.Username), connection.Brokers[0]} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%s: error %q does not name %s", what, err, want)
					}
				}
				if strings.Contains(err.Error(), spoiled.Password) && spoiled.Password != "right" {
					t.Errorf("%s: error %q tells the password", what, err)
				}
			}
			none := stream.Connection{Brokers: connection.Brokers}
			if err := try(limit(t), none); !errors.Is(err, stream.ErrUnreachable) || !strings.Contains(err.Error(), "SASL") {
				t.Errorf("without SASL: error %v, want ErrUnreachable that speaks of SASL", err)
			}
		})
	}
}

func otherThan(mechanism string) string {
	if mechanism == stream.MechanismPlain {
		return stream.MechanismScramSHA512
	}
	return stream.MechanismPlain
}

func TestTLS(t *testing.T) {
	cert, certPEM, keyPEM := selfSigned(t)
	_, otherPEM, otherKey := selfSigned(t)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	_, secured := start(t, kfake.TLS(&tls.Config{
		Certificates: []tls.Certificate{cert}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13,
	}))
	_, open := start(t)
	cases := map[string]struct {
		connection stream.Connection
		want       error
		says       string
	}{
		"right":           {connection: stream.Connection{Brokers: secured.Brokers, TLS: true, CA: certPEM, Cert: certPEM, CertKey: keyPEM}},
		"wrong authority": {stream.Connection{Brokers: secured.Brokers, TLS: true, CA: otherPEM, Cert: certPEM, CertKey: keyPEM}, stream.ErrUnreachable, "authority"},
		"no certificate":  {stream.Connection{Brokers: secured.Brokers, TLS: true, CA: certPEM}, stream.ErrAuthentication, "client certificate"},
		"a stranger's":    {stream.Connection{Brokers: secured.Brokers, TLS: true, CA: certPEM, Cert: otherPEM, CertKey: otherKey}, stream.ErrAuthentication, "client certificate"},
		"in clear":        {stream.Connection{Brokers: secured.Brokers}, stream.ErrUnreachable, "TLS"},
		"TLS to clear":    {stream.Connection{Brokers: open.Brokers, TLS: true, CA: certPEM}, stream.ErrUnreachable, "TLS"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // The embedded broker waits for more of what it takes for a request.
			defer cancel()
			err := try(ctx, c.connection)
			if !errors.Is(err, c.want) || (err != nil && !strings.Contains(err.Error(), c.says)) {
				t.Errorf("error %v, want %v that speaks of %q", err, c.want, c.says)
			}
		})
	}
}
