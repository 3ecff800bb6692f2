package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// mapping is a part of the program's file in memory.
type mapping struct {
	start, end uintptr
	ours       bool // of the program's own file, and never written to
	own        bool // some of its pages are copies that may differ from the file
}

// trim drops the pages of the program's own file from this process: most of them were read once,
// while the start went through the whole generated schema. What is needed again comes back from
// the system's file cache page by page. It gives how many bytes of the file it went over.
func trim() (int, error) {
	mappings, err := ownMappings()
	if err != nil {
		return 0, err
	}
	dropped := 0
	for _, m := range mappings {
		// A page that differs from the file, as relocated ones do, could not come back.
		if !m.ours || m.own {
			continue
		}
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED); errno != 0 {
			return dropped, fmt.Errorf("drop pages of the program: %w", errno)
		}
		dropped += int(m.end - m.start)
	}
	return dropped, nil
}

// ownMappings reads which parts of the program's file are in memory and whether they were
// changed there.
func ownMappings() ([]mapping, error) {
	file, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil, fmt.Errorf("read the memory map: %w", err)
	}
	defer f.Close()
	var out []mapping
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		line := scanner.Text()
		if m, ok := parseMapping(line, file); ok {
			out = append(out, m)
		} else if n, ok := strings.CutPrefix(line, "Anonymous:"); ok && len(out) > 0 && strings.TrimSpace(n) != "0 kB" {
			out[len(out)-1].own = true
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read the memory map: %w", err)
	}
	return out, nil
}

// parseMapping reads the first line of a mapping:
// "00400000-01f26000 r-xp 00000000 fe:00 10629467 /path/of/the/program".
func parseMapping(line, file string) (mapping, bool) {
	fields := strings.Fields(line)
	if len(fields) < 5 || strings.HasSuffix(fields[0], ":") {
		return mapping{}, false
	}
	from, to, ok := strings.Cut(fields[0], "-")
	start, err1 := strconv.ParseUint(from, 16, 64)
	end, err2 := strconv.ParseUint(to, 16, 64)
	if !ok || err1 != nil || err2 != nil || end < start {
		return mapping{}, false
	}
	ours := strings.HasSuffix(line, " "+file) && !strings.Contains(fields[1], "w") && strings.HasSuffix(fields[1], "p")
	return mapping{start: uintptr(start), end: uintptr(end), ours: ours}, true
}
