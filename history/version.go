package history

import (
	"encoding/json"
	"errors"
	"fmt"
)

// EntryVersion is the newest version of the encoding of entries. An entry bears the lowest one that has all of its fields, so that one
// without the newer fields has the bytes that it always had, and whoever is older reads it. Version 1 has slices and Rebases, version 2
// Epochs and their terms, excluded ranges, the counts of what was left out, and what is void. Entries of version 1 with the fields of
// version 2 were written once, and are read.
const EntryVersion = 2

// VersionError says that something stored is of a version that this program does not know: it is not damaged, and a newer one reads it.
type VersionError struct {
	// What names it. It is of Version, and Newest is the newest that is known here.
	What            string
	Version, Newest int
}

// Error says what is needed.
func (e *VersionError) Error() string {
	return fmt.Sprintf("%s has format version %d, and this image reads versions up to %d: it takes a newer image, and nothing is lost", e.What, e.Version, e.Newest)
}

// Newer returns what an error says of a version to come, where it does.
func Newer(err error) (*VersionError, bool) { return errors.AsType[*VersionError](err) }

// Undecodable returns a trainer's problem with something that cannot be decoded, which is its image's where the version is one to come.
func Undecodable(err error, format string, args ...any) *Problem {
	if newer, ok := Newer(err); ok {
		return Problemf(ReasonImageIncompatible, "%s cannot be read: %v. Run an image that reads version %d.", newer.What, newer, newer.Version)
	}
	return Problemf(ReasonStateUnreadable, format, args...)
}

// readable refuses JSON of a version to come before anything else of it is read: what its fields mean is not known.
func readable(what string, data []byte, newest int) error {
	var head struct {
		Version int `json:"version"`
	}
	// What is not even this much is refused where it is decoded in full.
	if json.Unmarshal(data, &head) == nil && head.Version > newest {
		return &VersionError{What: what, Version: head.Version, Newest: newest}
	}
	return nil
}

// Versioned returns the entry with the lowest version that has all of its fields.
func (e Entry) Versioned() Entry {
	e.Version = FormatVersion
	if e.Kind == KindEpoch || e.Terms != nil || e.Excluded != nil || e.LeftOut != (LeftOut{}) || e.Void != (Void{}) {
		e.Version = EntryVersion
	}
	return e
}
