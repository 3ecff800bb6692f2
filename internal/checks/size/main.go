// Command size prints what a binary is made of and compares that with a ledger, which is committed.
// It exits with 1 when something has grown and the ledger does not say so:
//
//	size BINARY LEDGER
//	size -write BINARY LEDGER
//
// The second form writes the ledger anew. Whoever does that sees in the diff of the commit what
// the change costs, and so does whoever reads it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	write := flag.Bool("write", false, "write the ledger instead of comparing with it")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: size [-write] BINARY LEDGER")
		os.Exit(2)
	}
	if err := run(os.Stdout, *write, flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

// errGrown is returned when the binary has grown and the ledger does not say so.
var errGrown = errors.New("the binary has grown by more than the ledger allows: make it smaller, or run make size LEDGER=write and commit the ledger with the reason")

func run(out io.Writer, write bool, binary, ledger string) error {
	now, err := measure(binary)
	if err != nil {
		return fmt.Errorf("measure %s: %w", binary, err)
	}
	if write {
		if err := os.WriteFile(ledger, now.text(), 0o644); err != nil { //nolint:gosec // it is committed, so everybody may read it
			return fmt.Errorf("write the ledger: %w", err)
		}
		return nil
	}
	text, err := os.ReadFile(ledger)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	before, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if before.platform != now.platform {
		fmt.Fprintf(out, "The ledger is for %s and this binary for %s, so nothing is compared.\n", before.platform, now.platform)
		before.bytes = now.bytes
	}
	grown := now.print(out, before)
	if len(grown) > 0 {
		return fmt.Errorf("%w: %q", errGrown, grown)
	}
	return nil
}
