package state

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/minio/minio-go/v7"
)

const (
	// markHeader is the metadata by which a writer knows its own object again.
	markHeader = "Creek-Write"
	// putTries and readTries are how often a call is sent before its last error is told. Callers repeat what matters.
	putTries, readTries = 6, 3
	// firstPause doubles with every try.
	firstPause, longestPause = 50 * time.Millisecond, 2 * time.Second
)

// PutIfAbsent implements Store. A write whose answer is lost is sent again, which does no harm: it is refused where the first one took
// effect, and the mark on the object tells then whose it is. So only a context that ends, or a server that stays away, leaves the
// outcome unknown.
func (s *S3) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	if err := ready(ctx, key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	name, err := s.object(key)
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	if err := s.probed(ctx); err != nil {
		return s.explain("put", key, err)
	}
	err = s.create(ctx, name, value)
	if errors.Is(err, ErrExists) {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return s.explain("put", key, err)
}

// create makes the object, once. It returns ErrExists when it is another writer's.
func (s *S3) create(ctx context.Context, name string, value []byte) (err error) {
	mark := rand.Text()
	for try := range putTries {
		if try > 0 && !pause(ctx, try) {
			return errors.Join(ctx.Err(), err)
		}
		err = s.put(ctx, name, mark, value)
		if exists(err) {
			// Also without a lost answer: a proxy may have repeated the request.
			var mine bool
			if mine, err = s.marked(ctx, name, mark); err == nil && !mine {
				return ErrExists
			}
		}
		if err == nil || !passing(err) && !missing(err) {
			return err
		}
	}
	return err
}

// put sends the value once, with the condition that there is no object of the name.
func (s *S3) put(ctx context.Context, name, mark string, value []byte) error {
	sum := sha256.Sum256(value)
	options := minio.PutObjectOptions{
		UserMetadata: map[string]string{markHeader: mark},
		// The sum is of the whole, so that the server refuses a body that was changed or cut short on its way.
		DisableContentSha256: true,
	}
	options.SetMatchETagExcept("*")
	_, err := s.core.PutObject(ctx, s.config.Bucket, name, bytes.NewReader(value), int64(len(value)), "", hex.EncodeToString(sum[:]), options)
	return err
}

// marked tells whether the object is the one that was written with the mark.
func (s *S3) marked(ctx context.Context, name, mark string) (bool, error) {
	info, err := s.core.StatObject(ctx, s.config.Bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return false, fmt.Errorf("ask whose object it is: %w", err)
	}
	return info.UserMetadata[markHeader] == mark, nil
}

// repeat runs what may be repeated until it succeeds or fails for good.
func repeat(ctx context.Context, do func() error) (err error) {
	for try := range readTries {
		if try > 0 && !pause(ctx, try) {
			return errors.Join(ctx.Err(), err)
		}
		if err = do(); err == nil || !passing(err) {
			return err
		}
	}
	return err
}

// pause waits before a try, longer before each and never exactly as long as another writer. It returns false when the context ended.
func pause(ctx context.Context, try int) bool {
	longest := min(firstPause<<(try-1), longestPause)
	timer := time.NewTimer(longest/2 + mathrand.N(longest/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
