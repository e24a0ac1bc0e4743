package state

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/minio/minio-go/v7"
)

// defaultRegion is what servers expect that know no regions.
const defaultRegion = "us-east-1"

// S3 is a Store in a bucket of an S3-compatible object store that creates objects conditionally (If-None-Match: *). A value is one
// object, sent in one request, so that it appears whole or not at all.
type S3 struct {
	core      minio.Core
	transport *http.Transport
	config    S3Config
	// prefix ends with a slash unless it is empty.
	prefix, region string

	// turn is held by whoever probes the server, and honours is set once that showed that it honours the condition.
	turn    chan struct{}
	honours atomic.Bool
}

var (
	_ Store     = (*S3)(nil)
	_ Checker   = (*S3)(nil)
	_ io.Closer = (*S3)(nil)
)

// NewS3 returns the store. It does not dial: the first call does, and before the first write the server is probed.
func NewS3(c Config) (*S3, error) {
	endpoint, err := url.Parse(c.S3.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("open S3: endpoint: %w", err)
	}
	tlsConfig, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	s := &S3{config: c.S3, transport: newTransport(tlsConfig), turn: make(chan struct{}, 1)}
	if s.prefix = strings.Trim(c.S3.Prefix, "/"); s.prefix != "" {
		s.prefix += "/"
	}
	if s.region = c.S3.Region; s.region == "" {
		s.region = defaultRegion
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: credentialsOf(c.S3), Secure: endpoint.Scheme == "https", Region: s.region,
		Transport: &watched{base: s.transport, within: stallTimeout},
		// A repeated write whose first answer was lost finds its own object. PutIfAbsent tells that from a stranger's, this library cannot.
		MaxRetries: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("open S3 at %s: %w", c.S3.Endpoint, err)
	}
	s.core = minio.Core{Client: client}
	return s, nil
}

// Close closes the connections.
func (s *S3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// Get implements Store.
func (s *S3) Get(ctx context.Context, key string) ([]byte, error) {
	if err := ready(ctx, key); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	name, err := s.object(key)
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	var value []byte
	err = repeat(ctx, func() (err error) {
		value, err = s.read(ctx, name)
		return err
	})
	return value, s.explain("get", key, err)
}

// read streams an object into memory of its size.
func (s *S3) read(ctx context.Context, name string) ([]byte, error) {
	body, info, _, err := s.core.GetObject(ctx, s.config.Bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // All that is wanted of it was read.
	if info.Size < 0 {
		return io.ReadAll(body)
	}
	value := make([]byte, info.Size)
	if _, err := io.ReadFull(body, value); err != nil {
		return nil, errors.Join(ctx.Err(), err)
	}
	return value, nil
}

// List implements Store.
func (s *S3) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	if _, err := checkPrefix(prefix); err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	// Nothing with the prefix lies behind what is behind all of it.
	if limit <= 0 || (after > prefix && !strings.HasPrefix(after, prefix)) {
		return nil, ctx.Err()
	}
	options := minio.ListObjectsOptions{
		Prefix: s.prefix + toName.Replace(prefix), Recursive: true, MaxKeys: min(limit, 1000), FetchOwner: new(false),
	}
	if after >= prefix {
		options.StartAfter = s.prefix + toName.Replace(after) + valueEnd
	}
	var keys []string
	err := repeat(ctx, func() (err error) {
		keys, err = s.list(ctx, options, after, limit)
		return err
	})
	return keys, s.explain("list", prefix, err)
}

// list pages through what the server has. It does not rest on the server's starting behind the right name, but on its order: the newest
// checkpoint is the first of a list.
func (s *S3) list(ctx context.Context, options minio.ListObjectsOptions, after string, limit int) ([]string, error) {
	var keys []string
	last := ""
	for object := range s.core.ListObjectsIter(ctx, s.config.Bucket, options) {
		if object.Err != nil {
			return nil, object.Err
		}
		if object.Key <= last {
			return nil, fmt.Errorf("%w: %q before %q", errUnordered, last, object.Key)
		}
		last = object.Key
		if key, ok := s.keyOfObject(object.Key); ok && key > after {
			keys = append(keys, key)
		}
		if len(keys) == limit {
			return keys, nil
		}
	}
	// The iterator ends without a word when the context does.
	return keys, ctx.Err()
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := ready(ctx, key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	name, err := s.object(key)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	err = repeat(ctx, func() error {
		err := s.core.RemoveObject(ctx, s.config.Bucket, name, minio.RemoveObjectOptions{})
		if missing(err) {
			return nil
		}
		return err
	})
	return s.explain("delete", key, err)
}
