// Command write writes a sample of content to standard output, as NDJSON for patternhub import. Its
// argument is the number of patterns.
package main

import (
	"fmt"
	"os"
	"strconv"

	"patternhub/internal/porting/sample"
)

func main() {
	n, err := 0, error(nil)
	if len(os.Args) == 2 {
		n, err = strconv.Atoi(os.Args[1])
	}
	if err != nil || n < 1 {
		fmt.Fprintln(os.Stderr, "usage: write PATTERNS > sample.ndjson")
		os.Exit(2)
	}
	if err := sample.Write(os.Stdout, sample.Options{Patterns: n}); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}
