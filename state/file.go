package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// scratch is the folder of values that are being written; no escaped segment has this name.
const scratch = "%new"

// abandoned is the age at which a file in the scratch folder has no living writer.
const abandoned = time.Hour

// File is a Store that keeps each value in a file below a folder. Several processes of one machine may share it. A value appears
// whole or not at all: it is written and synced under another name and then linked to its own, so that a process or a machine that
// dies leaves at most a file in the scratch folder.
type File struct {
	root string
	// folders holds the folders that are known to survive a crash.
	folders sync.Map
}

var (
	_ Store   = (*File)(nil)
	_ Checker = (*File)(nil)
)

// NewFile returns the store in the folder, which is made when it does not exist.
func NewFile(root string) (*File, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("open the state folder: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(root, scratch), 0o700); err != nil {
		return nil, fmt.Errorf("open the state folder: %w", err)
	}
	f := &File{root: root}
	return f, f.sweep(time.Now())
}

// sweep removes what writers that died left behind.
func (f *File) sweep(now time.Time) error {
	entries, err := os.ReadDir(filepath.Join(f.root, scratch))
	if err != nil {
		return fmt.Errorf("sweep the state folder: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || now.Sub(info.ModTime()) < abandoned {
			continue
		}
		if err := remove(filepath.Join(f.root, scratch, entry.Name())); err != nil {
			return fmt.Errorf("sweep the state folder: %w", err)
		}
	}
	return nil
}

// Durability is always Strong: files and folders are synced before a write is acknowledged.
func (f *File) Durability(context.Context) (Durability, string, error) { return Strong, "", nil }

// Get implements Store.
func (f *File) Get(ctx context.Context, key string) ([]byte, error) {
	if err := ready(ctx, key); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	value, err := os.ReadFile(filepath.Join(f.root, pathOf(key)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("get %s: %w", key, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	return value, nil
}

// PutIfAbsent implements Store.
func (f *File) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	if err := ready(ctx, key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	target := filepath.Join(f.root, pathOf(key))
	if err := f.makeFolder(filepath.Dir(target)); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	temporary, err := f.write(value)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	defer func() { _ = remove(temporary) }() // Were it to stay, a later sweep takes it: the value is stored all the same.
	linked := os.Link(temporary, target)
	if errors.Is(linked, fs.ErrExist) {
		linked = ErrExists
	} else if linked != nil {
		return fmt.Errorf("put %s: %w", key, linked)
	}
	// Whoever is told that the key exists may rely on it as much as its writer, who may not have synced the folder yet.
	if err := syncFolder(filepath.Dir(target)); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	if linked != nil {
		return fmt.Errorf("put %s: %w", key, linked)
	}
	return nil
}

// write puts the value into a synced file of the scratch folder.
func (f *File) write(value []byte) (path string, err error) {
	file, err := os.CreateTemp(filepath.Join(f.root, scratch), "value-")
	if err != nil {
		return "", err
	}
	_, err = file.Write(value)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, remove(file.Name()))
	}
	return file.Name(), nil
}

// makeFolder makes the folder and its parents below the root and syncs the parent of each, once in the store's life: a folder that is
// there already may be another process's, not yet synced.
func (f *File) makeFolder(folder string) error {
	if _, done := f.folders.Load(folder); done || folder == f.root {
		return nil
	}
	if err := f.makeFolder(filepath.Dir(folder)); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncFolder(filepath.Dir(folder)); err != nil {
		return err
	}
	f.folders.Store(folder, true)
	return nil
}

// List implements Store. It reads all names below the prefix's last whole segment.
func (f *File) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	if _, err := checkPrefix(prefix); err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	var keys []string
	folder := filepath.Dir(pathOf(prefix + "x"))
	err := filepath.WalkDir(filepath.Join(f.root, folder), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil || entry.IsDir() {
			return err
		}
		if key, ok := keyOf(strings.TrimPrefix(path, f.root+string(filepath.Separator))); ok {
			keys = append(keys, key)
		}
		return nil
	})
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, fmt.Errorf("list %s: %w", prefix, err)
	}
	slices.Sort(keys)
	return page(keys, prefix, after, limit), nil
}

// Delete implements Store. Folders stay, so that a writer never finds its own gone.
func (f *File) Delete(ctx context.Context, key string) error {
	if err := ready(ctx, key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	path := filepath.Join(f.root, pathOf(key))
	err := remove(path)
	if _, missing := os.Stat(filepath.Dir(path)); err == nil && missing == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes the names in a folder survive a crash of the machine.
func syncFolder(folder string) error {
	file, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
