package checks_test

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"patternhub/internal/config"
)

// composeFile is what the tests read of a compose file.
type composeFile struct {
	Services map[string]composeService
	Volumes  map[string]any
}

type composeService struct {
	Image, Build string
	Command      []string
	Environment  map[string]string
	Ports        []string
	Volumes      []string
	DependsOn    map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck  struct{ Test []string }
}

// mustCompose reads a compose file at the top of the repository.
func mustCompose(t *testing.T, name string) *composeFile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	var file composeFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(file.Services) == 0 {
		t.Fatalf("%s has no services", name)
	}
	return &file
}

// composeNames returns the names of the compose files.
func composeNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../compose*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v: %v", files, err)
	}
	for i, f := range files {
		files[i] = filepath.Base(f)
	}
	return files
}

// port returns the port on which the server of a service listens in its container.
func (s *composeService) port() string {
	if i := slices.Index(s.Command, "--port"); i >= 0 {
		return s.Command[i+1]
	}
	if s.Build != "" {
		return "8080"
	}
	return "27017"
}

// TestComposeFilesHoldTogether checks that what the services of a file name is there: services, ports, volumes, sets
// and commands.
func TestComposeFilesHoldTogether(t *testing.T) {
	for _, name := range composeNames(t) {
		t.Run(name, func(t *testing.T) {
			file := mustCompose(t, name)
			for at, s := range file.Services {
				for _, wrong := range s.wrong(file) {
					t.Errorf("%s: %s", at, wrong)
				}
			}
		})
	}
}

// address matches the servers that scripts and commands name: a service and its port.
var address = regexp.MustCompile(`\b([a-z][a-z-]*):(\d{4,5})\b`)

// wrong returns what is wrong with the service.
func (s *composeService) wrong(file *composeFile) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if (s.Image == "") == (s.Build == "") {
		add("it has the image %q and is built from %q", s.Image, s.Build)
	}
	for on, d := range s.DependsOn {
		other, ok := file.Services[on]
		checked := len(other.Healthcheck.Test) > 0
		if !ok || d.Condition == "service_healthy" && !checked {
			add("it waits for %s, which has no check", on)
		}
	}
	for _, v := range s.Volumes {
		volume, _, _ := strings.Cut(v, ":")
		if _, ok := file.Volumes[volume]; !ok {
			add("there is no volume %s", volume)
		}
	}
	for _, p := range s.Ports {
		if parts := strings.Split(p, ":"); len(parts) != 3 || parts[0] != "127.0.0.1" || parts[2] != s.port() {
			add("it publishes %s, and listens on %s", p, s.port())
		}
	}
	texts := append(slices.Concat(s.Command, s.Healthcheck.Test), slices.Collect(maps.Values(s.Environment))...)
	for _, m := range address.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		if other, ok := file.Services[m[1]]; !ok || other.port() != m[2] {
			add("nothing listens on %s", m[0])
		}
	}
	if i := slices.Index(s.Command, "--replSet"); i >= 0 && !strings.Contains(strings.Join(s.Healthcheck.Test, " "), fmt.Sprintf("rs.initiate({ _id: %q", s.Command[i+1])) {
		add("its check does not initiate the set %s", s.Command[i+1])
	}
	if i := slices.Index(s.Healthcheck.Test, "--port"); i >= 0 && s.Healthcheck.Test[i+1] != s.port() {
		add("its check asks port %s", s.Healthcheck.Test[i+1])
	}
	if s.Build != "" && len(s.Command) > 0 {
		if _, command, err := config.Parse(s.Command, func(name string) string { return s.Environment[name] }, &strings.Builder{}); err != nil || command != s.Command[0] {
			add("the program has no command %q: %v", s.Command, err)
		}
	}
	if uri := s.Environment["MONGODB_URI"]; s.Build != "" {
		if at, err := url.Parse(uri); err != nil || at.Scheme != "mongodb" {
			add("it has no database: %q", uri)
		}
	}
	return out
}

// TestDocumentsNameWhatComposeFilesHave checks the services, images and published ports of compose files that
// documents name, and that they name each file.
func TestDocumentsNameWhatComposeFilesHave(t *testing.T) {
	command := regexp.MustCompile(`docker compose (?:-f (\S+) )?(?:up|run)((?: --?[a-z]+)*)((?: [a-z][a-z-]*)*)`)
	uri := regexp.MustCompile(`MONGODB_URI_TEST=mongodb://127\.0\.0\.1:(\d+)/`)
	image := regexp.MustCompile(`\bmongo:\d{1,2}\b`)
	files := map[string]*composeFile{}
	published, images := map[string]bool{}, map[string]bool{}
	for _, name := range composeNames(t) {
		files[name] = mustCompose(t, name)
		for _, s := range files[name].Services {
			images[s.Image] = true
			for _, p := range s.Ports {
				published[strings.Split(p, ":")[1]] = true
			}
		}
	}
	named := map[string]bool{}
	pages := documents(t)
	for name := range files {
		pages = append(pages, filepath.Join("../..", name))
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			name := "compose.yaml"
			if m[1] != "" {
				name = m[1]
			}
			named[name] = true
			if files[name] == nil {
				t.Errorf("%s: %q names no file", page, m[0])
				continue
			}
			for service := range strings.FieldsSeq(m[3]) {
				if _, ok := files[name].Services[service]; !ok && strings.Contains(m[0], "--wait") {
					t.Errorf("%s: %q: there is no service %s", page, m[0], service)
				}
			}
		}
		for _, m := range uri.FindAllStringSubmatch(string(text), -1) {
			if !published[m[1]] {
				t.Errorf("%s: no compose file publishes port %s", page, m[1])
			}
		}
		for _, m := range image.FindAllString(string(text), -1) {
			if !images[m] {
				t.Errorf("%s: no compose file has the image %s", page, m)
			}
		}
	}
	for name := range files {
		if !named[name] {
			t.Errorf("no page says how to start %s", name)
		}
	}
}
