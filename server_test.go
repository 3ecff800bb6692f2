package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// runs executes a command line and returns what it prints for people.
func runs(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, func(string) string { return "" }, &out)
	return out.String(), err
}

// TestCommandsWithoutADatabase runs what answers by itself: the command line reaches its command.
func TestCommandsWithoutADatabase(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		want []string
	}{
		"version": {[]string{"version"}, []string{"patternhub " + version + "\n"}},
		"help":    {[]string{"--help"}, []string{"serve", "import", "fetch-mongod"}},
		"schema":  {[]string{"schema"}, []string{"type Pattern implements Node & Entry", "interface Entry", "directive @listSize"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := runs(t, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not printed", want)
				}
			}
		})
	}
}

func TestWrongCommandLinesAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"an unknown command": {[]string{"sevre"}, "sevre"},
		"an unknown flag":    {[]string{"serve", "--adr", ":1"}, "--adr"},
		"a wrong value":      {[]string{"serve", "--log-format", "xml"}, "log-format"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := runs(t, tt.args...)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want one with %q", err, tt.want)
			}
			if out != "" {
				t.Errorf("printed %q", out)
			}
		})
	}
}

// TestAnEndedContextEndsTheService: a signal ends the context, and the program ends without an
// error.
func TestAnEndedContextEndsTheService(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	args := []string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "off", "--mongodb-uri", "mongodb://127.0.0.1:1/?replicaSet=none"}
	if err := run(ctx, args, func(string) string { return "" }, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
}
