package stream

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// Mechanisms of SASL that can be used.
const (
	MechanismPlain       = "PLAIN"
	MechanismScramSHA256 = "SCRAM-SHA-256"
	MechanismScramSHA512 = "SCRAM-SHA-512"
)

// Settings say how to reach Kafka. They come from flags and name files rather than secrets, so that Load can read rotated
// credentials again.
type Settings struct {
	// Brokers are host:port addresses to begin with; the others are found through them.
	Brokers []string
	// TLS encrypts connections. CAFile holds the certificates that sign the brokers' ones (empty: the system's), CertFile and KeyFile
	// the client's own, where brokers ask for one. All are PEM.
	TLS                       bool
	CAFile, CertFile, KeyFile string
	// SASLMechanism is one of the mechanisms above, or empty for none. UsernameFile and PasswordFile hold its credentials; one line
	// end at their end is not part of them.
	SASLMechanism, UsernameFile, PasswordFile string
}

// AddFlags defines the flags that fill the settings.
func (s *Settings) AddFlags(fs *flag.FlagSet) {
	fs.Var((*brokerList)(&s.Brokers), "kafka-brokers", "comma-separated host:port `addresses` of Kafka brokers to begin with")
	fs.BoolVar(&s.TLS, "kafka-tls", s.TLS, "encrypt connections to Kafka")
	fs.StringVar(&s.CAFile, "kafka-ca-file", s.CAFile, "PEM `file` of the authorities that sign the brokers' certificates; default: the system's")
	fs.StringVar(&s.CertFile, "kafka-cert-file", s.CertFile, "PEM `file` of the client's certificate")
	fs.StringVar(&s.KeyFile, "kafka-key-file", s.KeyFile, "PEM `file` of the key of the client's certificate")
	fs.StringVar(&s.SASLMechanism, "kafka-sasl-mechanism", s.SASLMechanism, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; default: no SASL")
	fs.StringVar(&s.UsernameFile, "kafka-username-file", s.UsernameFile, "`file` that holds the SASL user name")
	fs.StringVar(&s.PasswordFile, "kafka-password-file", s.PasswordFile, "`file` that holds the SASL password")
}

// Args returns the flags that reproduce the settings.
func (s Settings) Args() []string {
	var args []string
	add := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name+"="+value)
		}
	}
	add("kafka-brokers", strings.Join(s.Brokers, ","))
	if s.TLS {
		args = append(args, "--kafka-tls")
	}
	add("kafka-ca-file", s.CAFile)
	add("kafka-cert-file", s.CertFile)
	add("kafka-key-file", s.KeyFile)
	add("kafka-sasl-mechanism", s.SASLMechanism)
	add("kafka-username-file", s.UsernameFile)
	add("kafka-password-file", s.PasswordFile)
	return args
}

// Validate checks what can be checked without reading a file; its errors name the flag.
func (s Settings) Validate() error {
	if len(s.Brokers) == 0 {
		return errors.New("kafka-brokers: at least one host:port is required")
	}
	for _, broker := range s.Brokers {
		if err := validateAddress(broker); err != nil {
			return fmt.Errorf("kafka-brokers: %w", err)
		}
	}
	switch {
	case !s.TLS && (s.CAFile != "" || s.CertFile != "" || s.KeyFile != ""):
		return errors.New("kafka-ca-file, kafka-cert-file and kafka-key-file have no effect without kafka-tls: add it or leave them out")
	case (s.CertFile == "") != (s.KeyFile == ""):
		return errors.New("kafka-cert-file and kafka-key-file must be given together")
	}
	return s.validateSASL()
}

func (s Settings) validateSASL() error {
	switch s.SASLMechanism {
	case "":
		if s.UsernameFile != "" || s.PasswordFile != "" {
			return errors.New("kafka-username-file and kafka-password-file have no effect without kafka-sasl-mechanism")
		}
		return nil
	case MechanismPlain, MechanismScramSHA256, MechanismScramSHA512:
		if s.UsernameFile == "" || s.PasswordFile == "" {
			return fmt.Errorf("kafka-sasl-mechanism %s needs kafka-username-file and kafka-password-file", s.SASLMechanism)
		}
		return nil
	default:
		return fmt.Errorf("kafka-sasl-mechanism %q is not one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", s.SASLMechanism)
	}
}

func validateAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || strings.ContainsAny(host, " ,/") {
		return fmt.Errorf("%q is not host:port", address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q: the port must be a number from 1 to 65535", address)
	}
	return nil
}

// Load checks the settings and reads the files they name. It may be called again after credentials were refused.
func (s Settings) Load() (Connection, error) {
	if err := s.Validate(); err != nil {
		return Connection{}, err
	}
	c := Connection{Brokers: s.Brokers, TLS: s.TLS, Mechanism: s.SASLMechanism}
	var username, password []byte
	for _, file := range []struct {
		flag, path string
		into       *[]byte
	}{
		{"kafka-ca-file", s.CAFile, &c.CA},
		{"kafka-cert-file", s.CertFile, &c.Cert},
		{"kafka-key-file", s.KeyFile, &c.CertKey},
		{"kafka-username-file", s.UsernameFile, &username},
		{"kafka-password-file", s.PasswordFile, &password},
	} {
		if file.path == "" {
			continue
		}
		data, err := os.ReadFile(file.path)
		if err != nil {
			return Connection{}, fmt.Errorf("%s: %w", file.flag, err)
		}
		*file.into = data
	}
	c.Username, c.Password = firstLine(username), firstLine(password)
	return c, c.Validate()
}

// firstLine cuts the one line end with which most editors close a file.
func firstLine(data []byte) string {
	return string(bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r")))
}

// brokerList is a flag.Value that splits at commas and drops blanks.
type brokerList []string

func (b *brokerList) String() string { return strings.Join(*b, ",") }

func (b *brokerList) Set(text string) error {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	*b = list
	return nil
}
