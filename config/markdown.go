package config

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Markdown is docs/config.md: every setting with its flag, environment name, default and
// meaning, made from the struct that reads them.
// Only settings that the environment can give are listed: arguments of single commands are in their
// help.
func Markdown() (string, error) {
	parser, err := kong.New(&CLI{}, kong.Name("patternhub"))
	if err != nil {
		return "", fmt.Errorf("build command line: %w", err)
	}
	var b strings.Builder
	b.WriteString("# Configuration\n\nMade from `config/config.go`; `go test ./checks -update` writes it anew.\n\n" +
		"A flag wins over the environment, which wins over the default. A wrong value is refused at start with its name and what is allowed.\n\n" +
		"| environment | flag | default | meaning |\n|---|---|---|---|\n")
	for _, f := range parser.Model.Flags {
		if len(f.Envs) == 0 {
			continue
		}
		help := strings.ReplaceAll(strings.ReplaceAll(f.Help, "${enum}", strings.ReplaceAll(f.Enum, ",", ", ")), "|", "\\|")
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s |\n", f.Envs[0], f.Name, code(f.Default), help)
	}
	b.WriteString("\n## Commands\n\n| command | meaning |\n|---|---|\n")
	for _, n := range parser.Model.Leaves(true) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", n.FullPath(), n.Help)
	}
	return b.String(), nil
}

// code marks a default, and says where there is none.
func code(v string) string {
	if v == "" {
		return "none"
	}
	return "`" + v + "`"
}
