package cache

// SizeOf estimates the bytes that a value occupies.
func SizeOf(value any) int { return sizeOf(value) }
