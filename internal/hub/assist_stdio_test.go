package hub_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/pelletier/go-toml/v2"

	"patternhub/internal/content"
)

// stdio starts patternhub mcp with arguments and connects to it.
func stdio(t *testing.T, protocol string, env []string, args ...string) assistant {
	t.Helper()
	return connect(t, protocol, &sdk.CommandTransport{Command: program(t, env, args...)})
}

// program returns the command of this program.
func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(append(os.Environ(), asProgram+"=1"), env...)
	cmd.Dir = t.TempDir()
	return cmd
}

// address returns the hub's address, without a path.
func (s *service) address() string { return strings.TrimSuffix(s.url, "/graphql") }

// TestAssistantsOverStandardInput lists and calls tools over both revisions of the protocol, with the key
// and the address from the environment.
func TestAssistantsOverStandardInput(t *testing.T) {
	s := newStaffed(t)
	for _, protocol := range protocols {
		for name, test := range map[string]struct {
			env   []string
			args  []string
			tools int
		}{
			"a reader":              {nil, []string{"mcp", "--url", s.address()}, 8},
			"an author":             {[]string{"HUB_KEY=" + s.keys[content.RoleAuthor]}, []string{"mcp", "--url", s.address()}, 12},
			"an address in HUB_URL": {[]string{"HUB_URL=" + s.address()}, []string{"mcp"}, 8},
		} {
			a := stdio(t, protocol, test.env, test.args...)
			list, err := a.ListTools(t.Context(), nil)
			if err != nil || len(list.Tools) != test.tools {
				t.Errorf("%s %s: %d tools (%v), want %d", protocol, name, len(list.Tools), err, test.tools)
			}
			if got := a.call(t, "get_entry", map[string]any{"path": "/patterns/saga"}); got.err != "" || at(got.data, "entry", "name") != "Saga" {
				t.Errorf("%s %s: %v %s", protocol, name, got.data, got.err)
			}
		}
	}
}

// TestAssistantsOverStandardInputAreRefused shows what is printed when a hub cannot be used.
func TestAssistantsOverStandardInputAreRefused(t *testing.T) {
	s := seeded(t, "--anonymous", "off")
	refused := s.mustRefuse(t)
	for name, test := range map[string]struct {
		env, args []string
		want      string
	}{
		"no key":       {nil, []string{"mcp", "--url", s.address()}, refused},
		"an ended key": {[]string{"HUB_KEY=phk_none"}, []string{"mcp", "--url", s.address()}, "key"},
		"a path":       {nil, []string{"mcp", "--url", s.address() + "/mcp"}, "an address without a path"},
		"nobody there": {nil, []string{"mcp", "--url", "http://127.0.0.1:1"}, "The hub did not answer"},
		"a file":       {nil, []string{"mcp", "--url", "file:///etc"}, "an address without a path"},
	} {
		cmd := program(t, test.env, test.args...)
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr, cmd.Stdin = &out, &said, strings.NewReader("")
		if err := cmd.Run(); err == nil || !strings.Contains(said.String(), test.want) || out.Len() > 0 {
			t.Errorf("%s: %v, standard output %q, standard error %q, want %q", name, err, out.String(), said.String(), test.want)
		}
	}
}

// mustRefuse returns the message for a question without a key.
func (s *service) mustRefuse(t *testing.T) string {
	t.Helper()
	a, err := s.ask(t.Context(), `{ viewer { accessRole } }`, nil)
	if err != nil || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != string(content.Unauthenticated) {
		t.Fatalf("a question without a key: %+v, %v", a, err)
	}
	return a.Errors[0].Message
}

// TestConfigurationsOfAssistants reads the files that docs/assistants.md shows, and uses the hub as each
// of them says, at the address of the test's hub.
func TestConfigurationsOfAssistants(t *testing.T) {
	text, err := os.ReadFile("docs/assistants.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newStaffed(t)
	type server struct {
		Type, URL, Command string
		Headers            map[string]string
		Args               []string
		EnvVars            []string `toml:"env_vars"`
	}
	used := 0
	for _, m := range regexp.MustCompile("(?s)```(json|toml)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		var file struct {
			MCPServers map[string]server `json:"mcpServers" toml:"mcp_servers"`
			Servers    map[string]server
			Inputs     []struct{ Type, ID string }
		}
		if m[1] == "json" {
			err = json.Unmarshal([]byte(m[2]), &file)
		} else {
			err = toml.Unmarshal([]byte(m[2]), &file)
		}
		if err != nil {
			t.Errorf("%v:\n%s", err, m[2])
			continue
		}
		c, ok := file.MCPServers["patternhub"]
		if !ok {
			c = file.Servers["patternhub"]
		}
		here := func(text string) string { return strings.Replace(text, "https://hub.example", s.address(), 1) }
		key := s.keys[content.RoleAuthor]
		var a assistant
		if c.Command != "" {
			for i := range c.Args {
				c.Args[i] = here(c.Args[i])
			}
			if c.Command != "patternhub" || !slices.Equal(c.EnvVars, []string{"HUB_KEY"}) {
				t.Errorf("the command is %s with %v", c.Command, c.EnvVars)
			}
			a = stdio(t, protocols[0], []string{"HUB_KEY=" + key}, c.Args...)
		} else {
			variable := "${HUB_KEY}"
			if len(file.Inputs) > 0 {
				variable = "${input:" + file.Inputs[0].ID + "}"
			}
			if c.Type != "http" || here(c.URL) != s.address()+"/mcp" {
				t.Errorf("the server is %s at %s", c.Type, c.URL)
			}
			if diff := cmp.Diff(map[string]string{"Authorization": "Bearer " + variable}, c.Headers); diff != "" {
				t.Errorf("headers (-want +got)\n%s", diff)
			}
			a = s.assistant(t, protocols[0], key)
		}
		if list, err := a.ListTools(t.Context(), nil); err != nil || len(list.Tools) != 12 {
			t.Errorf("%s: %v", m[2], err)
		}
		used++
	}
	if used != 3 {
		t.Errorf("the page has %d configurations", used)
	}
}
