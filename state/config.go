package state

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Config is all that is needed to open a store, secrets included: keep it in memory only.
type Config struct {
	// Type is Redis, S3, File or Memory.
	Type         string
	RedisAddress string
	RedisTLS     bool
	// CA is PEM, for the server of either type; empty means the system's authorities.
	CA                 []byte
	Username, Password string
	RedisDatabase      int
	S3                 S3Config
	Directory          string
}

// configFields is digested by Key.
type configFields Config

// Key returns a text that is equal for stores that may be shared, and from which no secret can be read.
func (c Config) Key() string {
	data, err := json.Marshal(configFields(c))
	if err != nil {
		panic("state: marshal a config: " + err.Error())
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// String names the store without secrets.
func (c Config) String() string {
	switch c.Type {
	case TypeRedis:
		return fmt.Sprintf("Redis at %s, database %d, user %q", c.RedisAddress, c.RedisDatabase, c.Username)
	case TypeS3:
		return fmt.Sprintf("S3 bucket %s at %s, prefix %q", c.S3.Bucket, c.S3.Endpoint, c.S3.Prefix)
	case TypeFile:
		return "files in " + c.Directory
	default:
		return c.Type
	}
}

// GoString keeps secrets out of %#v too.
func (c Config) GoString() string { return "state.Config{" + c.String() + "}" }

// Validate checks what Settings cannot: that certificates parse.
func (c Config) Validate() error {
	_, err := c.tlsConfig()
	return err
}

// tlsConfig returns nil for Redis connections in clear; for S3 the endpoint says whether it is used.
func (c Config) tlsConfig() (*tls.Config, error) {
	if !c.RedisTLS && c.Type != TypeS3 {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(c.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(c.CA) {
			return nil, errors.New("the authority for the server's certificate holds no PEM certificate")
		}
	}
	return config, nil
}

// Open returns the store. It does not dial. Stores that hold connections implement io.Closer. Each Memory store is a new, empty one.
func Open(c Config) (Store, error) {
	switch c.Type {
	case TypeRedis:
		return NewRedis(c)
	case TypeS3:
		return NewS3(c)
	case TypeFile:
		return NewFile(c.Directory)
	case TypeMemory:
		return &Memory{}, nil
	default:
		return nil, fmt.Errorf("state type %q is not one of Redis, S3, File, Memory", c.Type)
	}
}
