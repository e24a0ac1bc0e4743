package state

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"regexp"
)

// S3Config is a bucket and how it is reached.
type S3Config struct {
	// Endpoint is a URL, https or http, of a host and perhaps a port. On Amazon's hosts the bucket becomes part of the host's name,
	// elsewhere of the path.
	Endpoint, Bucket string
	// Region is us-east-1 when it is empty.
	Region string
	// Prefix is of all names that are used in the bucket, without the slash between.
	Prefix string
	// AccessKeyID and SecretAccessKey are empty where the process has an identity of its own there.
	AccessKeyID, SecretAccessKey string
}

// S3Settings are those of an S3Config, with files in the place of secrets.
type S3Settings struct {
	// Endpoint, Bucket, Region and Prefix are as in S3Config.
	Endpoint, Bucket, Region, Prefix string
	// CAFile holds the PEM certificates that sign the server's one (empty: the system's). AccessKeyFile and SecretKeyFile hold
	// credentials, both or neither; without them the process's own identity is used, as Amazon gives one to pods and machines.
	CAFile, AccessKeyFile, SecretKeyFile string
}

func (s *S3Settings) addFlags(fs *flag.FlagSet) {
	fs.StringVar(&s.Endpoint, "s3-endpoint", s.Endpoint, "`URL` of the S3-compatible server: https://host or https://host:port")
	fs.StringVar(&s.Bucket, "s3-bucket", s.Bucket, "name of the bucket")
	fs.StringVar(&s.Region, "s3-region", s.Region, "region of the bucket; default: "+defaultRegion)
	fs.StringVar(&s.Prefix, "s3-prefix", s.Prefix, "prefix of all names that are used in the bucket; default: none")
	fs.StringVar(&s.CAFile, "s3-ca-file", s.CAFile, "PEM `file` of the authorities that sign the S3 server's certificate; default: the system's")
	fs.StringVar(&s.AccessKeyFile, "s3-access-key-file", s.AccessKeyFile, "`file` that holds the access key's ID; default: the process's own identity")
	fs.StringVar(&s.SecretKeyFile, "s3-secret-key-file", s.SecretKeyFile, "`file` that holds the secret access key")
}

func (s S3Settings) args(add func(name, value string)) {
	add("s3-endpoint", s.Endpoint)
	add("s3-bucket", s.Bucket)
	add("s3-region", s.Region)
	add("s3-prefix", s.Prefix)
	add("s3-ca-file", s.CAFile)
	add("s3-access-key-file", s.AccessKeyFile)
	add("s3-secret-key-file", s.SecretKeyFile)
}

// What buckets, regions and prefixes may look like; the API says the same.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9-]{0,64}$`)
	prefixName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*)?$`)
)

// maxPrefix leaves room for keys below the longest name that S3 takes.
const maxPrefix = 256

func (s S3Settings) validate() error {
	endpoint, err := url.Parse(s.Endpoint)
	if err != nil || endpoint.Hostname() == "" || (endpoint.Scheme != "https" && endpoint.Scheme != "http") {
		return fmt.Errorf("s3-endpoint %q is not a URL like https://host:port", s.Endpoint)
	}
	if want := (url.URL{Scheme: endpoint.Scheme, Host: endpoint.Host}); want.String() != s.Endpoint {
		return fmt.Errorf("s3-endpoint %q: nothing may stand behind the host and port; the bucket has a setting of its own", s.Endpoint)
	}
	switch {
	case !bucketName.MatchString(s.Bucket):
		return fmt.Errorf("s3-bucket %q is not a bucket's name", s.Bucket)
	case !regionName.MatchString(s.Region):
		return fmt.Errorf("s3-region %q is not a region's name", s.Region)
	case !prefixName.MatchString(s.Prefix) || len(s.Prefix) > maxPrefix:
		return fmt.Errorf("s3-prefix %q is not made of letters, digits, '.', '_', '-', and slashes between", s.Prefix)
	case s.CAFile != "" && endpoint.Scheme != "https":
		return errors.New("s3-ca-file has no effect without an https endpoint")
	case (s.AccessKeyFile == "") != (s.SecretKeyFile == ""):
		return errors.New("s3-access-key-file and s3-secret-key-file are given together or not at all")
	}
	return nil
}
