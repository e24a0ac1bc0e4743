package state

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Times after which a Redis that does not answer is given up.
const (
	redisDialTimeout = 3 * time.Second
	redisReadTimeout = 15 * time.Second
)

// Redis is a Store in a Redis server, version 6.2 or newer. A value lies at its key, prefixed; the keys of one owner
// (namespace/name) are members of one sorted set, all of score 0, from which List takes them in order without looking at any other
// part of the database. Both change in one transaction, and share a hash tag, so that a cluster keeps them together.
type Redis struct {
	client  *redis.Client
	address string
	user    string
}

var (
	_ Store     = (*Redis)(nil)
	_ Checker   = (*Redis)(nil)
	_ io.Closer = (*Redis)(nil)
)

// NewRedis returns the store. It does not dial: the first call does.
func NewRedis(c Config) (*Redis, error) {
	config, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	quieten()
	client := redis.NewClient(&redis.Options{
		Addr: c.RedisAddress, Username: c.Username, Password: c.Password, DB: c.RedisDatabase, TLSConfig: config,
		// A repeated write whose first answer was lost would find its own key: only the caller can tell that from a stranger's.
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: redisDialTimeout, ReadTimeout: redisReadTimeout, WriteTimeout: redisReadTimeout, ContextTimeoutEnabled: true,
		// The older protocol needs no greeting that servers might refuse; nothing is sent but what the methods need.
		Protocol: 2, DisableIdentity: true, PoolSize: 8,
	})
	return &Redis{client: client, address: c.RedisAddress, user: c.Username}, nil
}

// quieten makes go-redis, which prints each failed dial to standard error, log for those who look for it: callers get the same error.
var quieten = sync.OnceFunc(func() { redis.SetLogger(debugLog{}) })

type debugLog struct{}

// Printf implements go-redis's logging interface.
func (debugLog) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "go-redis", "message", fmt.Sprintf(format, args...))
}

// Close closes the connections.
func (r *Redis) Close() error { return r.client.Close() }

func valueKey(key string) string {
	return "creek:{" + strings.TrimSuffix(ownerOf(key), "/") + "}:value:" + key
}
func indexKey(owner string) string { return "creek:{" + strings.TrimSuffix(owner, "/") + "}:keys" }

// Get implements Store.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, error) {
	if err := ready(ctx, key); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	var value []byte
	err := again(ctx, func() (err error) {
		value, err = r.client.Get(ctx, valueKey(key)).Bytes()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("get %s: %w", key, ErrNotFound)
	}
	return value, r.explain("get", key, err)
}

// PutIfAbsent implements Store.
func (r *Redis) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	if err := ready(ctx, key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	var created *redis.BoolCmd
	err := r.transact(ctx, func(tx redis.Pipeliner) error {
		created = tx.SetNX(ctx, valueKey(key), value, 0)
		// When the value exists so does this member, and adding it changes nothing.
		tx.ZAdd(ctx, indexKey(ownerOf(key)), redis.Z{Member: key})
		return nil
	})
	if err != nil {
		return r.explain("put", key, err)
	}
	if !created.Val() {
		return fmt.Errorf("put %s: %w", key, ErrExists)
	}
	return nil
}

// List implements Store.
func (r *Redis) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	owner, err := checkPrefix(prefix)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	// A limit that is not positive means "all" to Redis. The byte after the last printable one bounds all keys with the prefix.
	if limit <= 0 {
		return nil, ctx.Err()
	}
	lower := "[" + prefix
	if after >= prefix {
		lower = "(" + after
	}
	by := redis.ZRangeArgs{Key: indexKey(owner), ByLex: true, Start: lower, Stop: "(" + prefix + "\x7f", Count: int64(limit)}
	var keys []string
	err = again(ctx, func() (err error) {
		keys, err = r.client.ZRangeArgs(ctx, by).Result()
		return err
	})
	return keys, r.explain("list", prefix, err)
}

// Delete implements Store.
func (r *Redis) Delete(ctx context.Context, key string) error {
	if err := ready(ctx, key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	err := again(ctx, func() error {
		return r.transact(ctx, func(tx redis.Pipeliner) error {
			tx.Del(ctx, valueKey(key))
			tx.ZRem(ctx, indexKey(ownerOf(key)), key)
			return nil
		})
	})
	return r.explain("delete", key, err)
}

// transact runs commands all or none. A transaction that the server discards says why in the errors of its commands.
func (r *Redis) transact(ctx context.Context, queue func(redis.Pipeliner) error) error {
	commands, err := r.client.TxPipelined(ctx, queue)
	if !redis.IsExecAbortError(err) {
		return err
	}
	for _, command := range commands {
		if cause := command.Err(); cause != nil && !redis.IsExecAbortError(cause) {
			return fmt.Errorf("%w: %w", err, cause)
		}
	}
	return err
}

// again runs what may be repeated once more when the connection broke: one that lay idle may have been closed by the server.
func again(ctx context.Context, do func() error) error {
	err := do()
	var network net.Error
	broken := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || (errors.As(err, &network) && !network.Timeout())
	if broken && ctx.Err() == nil {
		return do()
	}
	return err
}

// explain adds to an error what was done where, and tells refused credentials apart.
func (r *Redis) explain(doing, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case redis.IsAuthError(err), redis.IsPermissionError(err), strings.Contains(err.Error(), "ERR AUTH"):
		return fmt.Errorf("%s %s in Redis at %s as user %q: %w (%w): check the Secret and the user's rights there",
			doing, key, r.address, r.user, ErrAuthentication, err)
	case redis.IsOOMError(err):
		return fmt.Errorf("%s %s in Redis at %s: it is full, raise its maxmemory: %w", doing, key, r.address, err)
	}
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		return fmt.Errorf("%s %s in Redis at %s: its certificate is not trusted, check the CA that is named: %w", doing, key, r.address, err)
	}
	if _, network := errors.AsType[net.Error](err); network || errors.Is(err, io.EOF) {
		return fmt.Errorf("%s %s in Redis at %s: it is not reached; check the address, the network, and whether TLS is spoken there: %w",
			doing, key, r.address, err)
	}
	return fmt.Errorf("%s %s in Redis at %s: %w", doing, key, r.address, err)
}
