package state

import (
	"fmt"
	"strings"
)

// valueEnd closes the names of objects that hold values. It sorts below every character of a key, so that objects have the order of
// their keys; and no name is another's with a slash behind it, which servers that keep objects in folders cannot store beside it.
const valueEnd = "!"

// Characters of keys that would not sort above valueEnd are written as two. That keeps the order too, since what the first is written
// with stands for itself no longer.
var (
	toName   = strings.NewReplacer(`!`, `"0`, `"`, `"1`)
	fromName = strings.NewReplacer(`"0`, `!`, `"1`, `"`)
)

// object returns the name of the object that holds the key's value.
func (s *S3) object(key string) (string, error) {
	name := s.prefix + toName.Replace(key) + valueEnd
	if len(name) > maxKey {
		return "", fmt.Errorf("key %s gives an object's name of %d characters: S3 keeps at most %d", key, len(name), maxKey)
	}
	return name, nil
}

// keyOfObject inverts object; ok is false for objects that no key leads to.
func (s *S3) keyOfObject(name string) (key string, ok bool) {
	name, ours := strings.CutPrefix(name, s.prefix)
	name, whole := strings.CutSuffix(name, valueEnd)
	if !ours || !whole {
		return "", false
	}
	key = fromName.Replace(name)
	return key, toName.Replace(key) == name && checkKey(key) == nil
}
