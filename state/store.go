// Package state holds the stores in which histories and checkpoints are kept: Redis, S3-compatible object stores, local files and
// memory, behind one interface of four methods. Keys are immutable: a value is created once, never overwritten, and deleted once.
package state

import (
	"context"
	"errors"
)

// Errors that every store returns, to be tested with errors.Is. Any other error means that the outcome is unknown: a write may have
// taken effect.
var (
	// ErrNotFound: the key does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists: the key exists already; nothing was written.
	ErrExists = errors.New("already exists")
	// ErrAuthentication: the store refused the credentials; nothing was read or written.
	ErrAuthentication = errors.New("the state store refused the credentials")
	// ErrUnconditional: the S3 server ignores the condition of a write, so that one writer would overwrite another's value. Nothing is
	// written there.
	ErrUnconditional = errors.New("the server ignores If-None-Match: *, which keeps writers from overwriting each other's values; " +
		"use a server or a release that honours it, as Amazon S3 does, or another type of state")
)

// Store keeps immutable values under keys of printable ASCII without spaces. All methods are safe for concurrent use and linearizable.
type Store interface {
	// Get returns the value at key, or ErrNotFound.
	Get(ctx context.Context, key string) ([]byte, error)
	// PutIfAbsent creates key with value, or returns ErrExists. Of racing creators exactly one succeeds. When it returns nil the value
	// is kept as the store's Durability says.
	PutIfAbsent(ctx context.Context, key string, value []byte) error
	// List returns, in ascending order, at most limit keys that begin with prefix and are greater than after.
	List(ctx context.Context, prefix, after string, limit int) ([]string, error)
	// Delete removes key; a key that does not exist is no error.
	Delete(ctx context.Context, key string) error
}

// Durability is what a store promises of acknowledged writes.
type Durability string

// Values of Durability.
const (
	// Strong: an acknowledged write survives a crash of the store.
	Strong Durability = "Strong"
	// Weak: an acknowledged write may be lost in a crash; loss is detected, not survived.
	Weak Durability = "Weak"
)

// Checker is implemented by stores whose durability depends on how their server is set up.
type Checker interface {
	// Durability returns what the server promises now, and why when it is Weak.
	Durability(ctx context.Context) (Durability, string, error)
}
