package stream

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// Connection is all that is needed to reach Kafka, secrets included: keep it in memory only.
type Connection struct {
	// Brokers are host:port addresses to begin with.
	Brokers []string
	TLS     bool
	// CA, Cert and CertKey (the key of Cert) are PEM; an empty CA means the system's authorities.
	CA, Cert, CertKey []byte
	// Mechanism is "", PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
	Mechanism, Username, Password string
}

// Digested by Key: a type of its own, so that Connection can refuse to be printed with its secrets.
type connectionFields Connection

// Key returns a text that is equal for connections that may be shared, and from which no secret can be read.
func (c Connection) Key() string {
	data, err := json.Marshal(connectionFields(c))
	if err != nil {
		panic("stream: marshal a connection: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// String names the brokers and how they are reached, without secrets.
func (c Connection) String() string {
	text := fmt.Sprintf("brokers %v", c.Brokers)
	if c.TLS {
		text += " over TLS"
	}
	if c.Mechanism != "" {
		text += fmt.Sprintf(" as user %q by %s", c.Username, c.Mechanism)
	}
	return text
}

// GoString keeps secrets out of %#v too.
func (c Connection) GoString() string { return "stream.Connection{" + c.String() + "}" }

// Validate checks that certificates parse and that credentials are complete.
func (c Connection) Validate() error {
	if len(c.Brokers) == 0 {
		return errors.New("no Kafka broker is named")
	}
	for _, broker := range c.Brokers {
		if err := validateAddress(broker); err != nil {
			return fmt.Errorf("kafka broker %w", err)
		}
	}
	if _, err := c.tlsConfig(); err != nil {
		return err
	}
	_, err := c.mechanism()
	return err
}

// tlsConfig returns nil for connections in clear.
func (c Connection) tlsConfig() (*tls.Config, error) {
	if !c.TLS {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(c.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(c.CA) {
			return nil, errors.New("the authority for Kafka's certificates holds no PEM certificate")
		}
	}
	if len(c.Cert) > 0 || len(c.CertKey) > 0 {
		pair, err := tls.X509KeyPair(c.Cert, c.CertKey)
		if err != nil {
			return nil, fmt.Errorf("the client certificate for Kafka: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// mechanism returns nil where no SASL is asked for.
func (c Connection) mechanism() (sasl.Mechanism, error) {
	if c.Mechanism == "" {
		return nil, nil
	}
	if c.Username == "" || c.Password == "" {
		return nil, fmt.Errorf("the user name or the password for Kafka's %s is empty", c.Mechanism)
	}
	switch c.Mechanism {
	case MechanismPlain:
		return plain.Mechanism{Username: c.Username, Password: c.Password}, nil
	case MechanismScramSHA256:
		return scramMechanism(scram.SHA256, c)
	case MechanismScramSHA512:
		return scramMechanism(scram.SHA512, c)
	default:
		return nil, fmt.Errorf("SASL mechanism %q is not one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", c.Mechanism)
	}
}

func scramMechanism(algorithm scram.Algorithm, c Connection) (sasl.Mechanism, error) {
	mechanism, err := scram.Mechanism(algorithm, c.Username, c.Password)
	if err != nil {
		return nil, fmt.Errorf("prepare %s for user %q: %w", c.Mechanism, c.Username, err)
	}
	return mechanism, nil
}
