package memory

// Sizes in bytes.
const (
	KiB int64 = 1 << 10
	MiB int64 = 1 << 20
	GiB int64 = 1 << 30
)

// firstClass is the smallest limit that is ever recommended.
const firstClass = 32 * MiB

// lastClass bounds the classes; no machine has more.
const lastClass = 16 << 40

// Class rounds up to the limits that are in use: 32, 48, 64, 96, 128, 192, 256 MiB and so on, every power of two and one and a half
// times each. Few classes mean few changes of limits.
func Class(bytes int64) int64 {
	for power := firstClass; power < lastClass; power *= 2 {
		switch {
		case bytes <= power:
			return power
		case bytes <= power+power/2:
			return power + power/2
		}
	}
	return lastClass
}

// NextClass returns the smallest class above bytes.
func NextClass(bytes int64) int64 { return Class(bytes + 1) }

// PreviousClass returns the largest class below bytes, 0 when there is none.
func PreviousClass(bytes int64) int64 {
	if bytes <= firstClass {
		return 0
	}
	previous := firstClass
	for next := NextClass(previous); next < bytes; next = NextClass(next) {
		previous = next
	}
	return previous
}
