package state

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
)

// Types of stores.
const (
	TypeRedis  = "Redis"
	TypeS3     = "S3"
	TypeFile   = "File"
	TypeMemory = "Memory"
)

// Settings say which store to open. They come from flags and name files rather than secrets, so that Load can read rotated
// credentials again.
type Settings struct {
	// Type is Redis, S3, File or Memory.
	Type string
	// RedisAddress is host:port. RedisCAFile holds the PEM certificates that sign the server's one (empty: the system's).
	// RedisUsernameFile and RedisPasswordFile hold credentials, each optional; one line end at their end is not part of them.
	RedisAddress                                      string
	RedisTLS                                          bool
	RedisCAFile, RedisUsernameFile, RedisPasswordFile string
	RedisDatabase                                     int
	S3                                                S3Settings
	// Directory is the folder of a File store.
	Directory string
}

// AddFlags defines the flags that fill the settings.
func (s *Settings) AddFlags(fs *flag.FlagSet) {
	fs.StringVar(&s.Type, "state-type", s.Type, "where models and histories are kept: Redis, S3, File or Memory")
	fs.StringVar(&s.RedisAddress, "redis-address", s.RedisAddress, "`host:port` of Redis")
	fs.BoolVar(&s.RedisTLS, "redis-tls", s.RedisTLS, "encrypt connections to Redis")
	fs.StringVar(&s.RedisCAFile, "redis-ca-file", s.RedisCAFile, "PEM `file` of the authorities that sign Redis's certificate; default: the system's")
	fs.StringVar(&s.RedisUsernameFile, "redis-username-file", s.RedisUsernameFile, "`file` that holds the Redis user name; default: Redis's default user")
	fs.StringVar(&s.RedisPasswordFile, "redis-password-file", s.RedisPasswordFile, "`file` that holds the Redis password; default: none")
	fs.IntVar(&s.RedisDatabase, "redis-database", s.RedisDatabase, "number of the Redis database")
	s.S3.addFlags(fs)
	fs.StringVar(&s.Directory, "state-directory", s.Directory, "`folder` of a File store")
}

// Args returns the flags that reproduce the settings.
func (s Settings) Args() []string {
	var args []string
	add := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name+"="+value)
		}
	}
	add("state-type", s.Type)
	add("redis-address", s.RedisAddress)
	if s.RedisTLS {
		args = append(args, "--redis-tls")
	}
	add("redis-ca-file", s.RedisCAFile)
	add("redis-username-file", s.RedisUsernameFile)
	add("redis-password-file", s.RedisPasswordFile)
	if s.RedisDatabase != 0 {
		add("redis-database", strconv.Itoa(s.RedisDatabase))
	}
	s.S3.args(add)
	add("state-directory", s.Directory)
	return args
}

// Validate checks what can be checked without reading a file; its errors name the flag.
func (s Settings) Validate() error {
	switch s.Type {
	case TypeRedis:
		return s.validateRedis()
	case TypeS3:
		return s.S3.validate()
	case TypeFile:
		if s.Directory == "" {
			return errors.New("state-directory is required for a File store")
		}
		return nil
	case TypeMemory:
		return nil
	case "":
		return errors.New("state-type is required: Redis, S3, File or Memory")
	default:
		return fmt.Errorf("state-type %q is not one of Redis, S3, File, Memory", s.Type)
	}
}

func (s Settings) validateRedis() error {
	host, port, err := net.SplitHostPort(s.RedisAddress)
	if err != nil || host == "" {
		return fmt.Errorf("redis-address %q is not host:port", s.RedisAddress)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("redis-address %q: the port must be a number from 1 to 65535", s.RedisAddress)
	}
	switch {
	case s.RedisCAFile != "" && !s.RedisTLS:
		return errors.New("redis-ca-file has no effect without redis-tls: add it or leave the file out")
	case s.RedisUsernameFile != "" && s.RedisPasswordFile == "":
		return errors.New("redis-username-file needs redis-password-file")
	case s.RedisDatabase < 0:
		return fmt.Errorf("redis-database is %d, want 0 or more", s.RedisDatabase)
	}
	return nil
}

// Load checks the settings and reads the files they name. It may be called again after credentials were refused.
func (s Settings) Load() (Config, error) {
	if err := s.Validate(); err != nil {
		return Config{}, err
	}
	c := Config{Type: s.Type, RedisAddress: s.RedisAddress, RedisTLS: s.RedisTLS, RedisDatabase: s.RedisDatabase, Directory: s.Directory}
	c.S3 = S3Config{Endpoint: s.S3.Endpoint, Bucket: s.S3.Bucket, Region: s.S3.Region, Prefix: s.S3.Prefix}
	var username, password, keyID, key []byte
	for _, file := range []struct {
		flag, path string
		into       *[]byte
	}{
		{"redis-ca-file", s.RedisCAFile, &c.CA},
		{"redis-username-file", s.RedisUsernameFile, &username},
		{"redis-password-file", s.RedisPasswordFile, &password},
		{"s3-ca-file", s.S3.CAFile, &c.CA},
		{"s3-access-key-file", s.S3.AccessKeyFile, &keyID},
		{"s3-secret-key-file", s.S3.SecretKeyFile, &key},
	} {
		if file.path == "" {
			continue
		}
		data, err := os.ReadFile(file.path)
		if err != nil {
			return Config{}, fmt.Errorf("%s: %w", file.flag, err)
		}
		*file.into = data
	}
	c.Username, c.Password = firstLine(username), firstLine(password)
	c.S3.AccessKeyID, c.S3.SecretAccessKey = firstLine(keyID), firstLine(key)
	return c, c.Validate()
}

// firstLine cuts the one line end with which most editors close a file.
func firstLine(data []byte) string {
	return string(bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r")))
}
