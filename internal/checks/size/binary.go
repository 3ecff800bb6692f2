package main

import (
	"debug/buildinfo"
	"debug/elf"
	"debug/gosym"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// measure returns the sizes of an ELF file that Go has linked. It may be stripped: the names and
// lengths of functions stand in the table that stack traces need.
// Code is counted by package for this module and by module for what it requires. Constants, types
// and embedded files have no names there, so they are counted by section only.
func measure(path string) (sizes, error) {
	s := sizes{bytes: map[string]int64{}}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("read build information: %w", err)
	}
	s.platform = setting(info, "GOOS") + "/" + setting(info, "GOARCH")
	file, err := os.Stat(path)
	if err != nil {
		return s, fmt.Errorf("look at the file: %w", err)
	}
	s.bytes["file"] = file.Size()
	binary, err := elf.Open(path)
	if err != nil {
		return s, fmt.Errorf("open as ELF: %w", err)
	}
	defer func() { _ = binary.Close() }()
	for _, section := range binary.Sections {
		if section.FileSize >= least && section.Type != elf.SHT_NOBITS {
			s.bytes["section "+section.Name] = int64(section.FileSize) //nolint:gosec // no file is that large
		}
	}
	functions, err := functions(binary)
	if err != nil {
		return s, err
	}
	for _, f := range functions {
		s.bytes["code "+group(f.PackageName(), info)] += int64(f.End - f.Entry) //nolint:gosec // the same
	}
	return s, nil
}

// setting returns a setting of the build, such as GOOS.
func setting(info *debug.BuildInfo, name string) string {
	for _, s := range info.Settings {
		if s.Key == name {
			return s.Value
		}
	}
	return "unknown"
}

// functions reads the table of functions.
func functions(binary *elf.File) ([]gosym.Func, error) {
	code, lines := binary.Section(".text"), binary.Section(".gopclntab")
	if code == nil || lines == nil {
		return nil, fmt.Errorf("it has no .text or no .gopclntab: %w", os.ErrNotExist)
	}
	data, err := lines.Data()
	if err != nil {
		return nil, fmt.Errorf("read .gopclntab: %w", err)
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, code.Addr))
	if err != nil {
		return nil, fmt.Errorf("parse .gopclntab: %w", err)
	}
	return table.Funcs, nil
}

// group returns what a package is counted under: the package itself if it is in the main module, its
// module if it is in another, or "std".
func group(pkg string, info *debug.BuildInfo) string {
	if pkg == "main" || pkg == info.Main.Path || strings.HasPrefix(pkg, info.Main.Path+"/") {
		return pkg
	}
	// Functions that the compiler makes, such as those that compare structs, name their type.
	best := "std"
	for _, m := range info.Deps {
		if (pkg == m.Path || strings.HasPrefix(pkg, m.Path+"/")) && (best == "std" || len(m.Path) > len(best)) {
			best = m.Path
		}
	}
	return best
}
