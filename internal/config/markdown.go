package config

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Markdown generates docs/config.md: every setting with its flag, environment name, default and
// meaning.
// It lists only settings that have an environment name; the help of a command lists its arguments.
func Markdown() (string, error) {
	p, err := newParser(&CLI{}, io.Discard)
	if err != nil {
		return "", fmt.Errorf("build command line: %w", err)
	}
	var b strings.Builder
	b.WriteString("# Configuration\n\nGenerated from `internal/config/config.go`; to update it, run `go test ./internal/checks -update`.\n\n" +
		"A flag wins over the environment, which wins over the default. The hub does not start with an invalid value; the error names the setting and the valid values.\n\n" +
		"| environment | flag | default | meaning |\n|---|---|---|---|\n")
	for _, s := range p.settings {
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s |\n", s.env, s.name, code(s.String()), strings.ReplaceAll(s.help(), "|", "\\|"))
	}
	b.WriteString("\n## Commands\n\n| command | meaning |\n|---|---|\n")
	writeCommands(&b, p.root)
	return b.String(), nil
}

// writeCommands writes a row for each command below c that is not just a group of subcommands.
func writeCommands(b *strings.Builder, c *cobra.Command) {
	if c.HasParent() && !c.HasSubCommands() && !c.Hidden {
		fmt.Fprintf(b, "| `%s` | %s |\n", c.CommandPath(), c.Short)
	}
	for _, sub := range c.Commands() {
		writeCommands(b, sub)
	}
}

// code formats a default as code, or says that there is none.
func code(v string) string {
	if v == "" {
		return "none"
	}
	return "`" + v + "`"
}
