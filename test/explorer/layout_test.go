package explorer

import (
	"reflect"
	"testing"
)

// A state without padding is hashed as one piece of memory, which takes a tenth of the time.
func TestStateHasNoPadding(t *testing.T) {
	if size, filled := reflect.TypeFor[State]().Size(), bytesIn(reflect.TypeFor[State]()); size != filled {
		t.Errorf("a state has %d bytes, of which %d are fields", size, filled)
	}
}

func bytesIn(of reflect.Type) uintptr {
	switch of.Kind() {
	case reflect.Array:
		return uintptr(of.Len()) * bytesIn(of.Elem())
	case reflect.Struct:
		sum := uintptr(0)
		for field := range of.Fields() {
			sum += bytesIn(field.Type)
		}
		return sum
	default:
		return of.Size()
	}
}
