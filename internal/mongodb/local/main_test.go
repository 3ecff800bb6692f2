package local_test

import (
	"fmt"
	"io"
	"os"
	"testing"

	"go.uber.org/goleak"

	"patternhub/internal/mongodb/local"
)

// parentFolder is the variable that makes this test binary the short-lived parent of a mongod.
const parentFolder = "PATTERNHUB_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentFolder); dir != "" {
		parent(dir)
	}
	goleak.VerifyTestMain(m)
}

// parent starts a server, prints its process id and runs until it is killed.
func parent(dir string) {
	server, err := local.Start(unbounded(), local.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(server.PID())
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
