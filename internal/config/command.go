package config

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// parser is the command line: the settings that every command accepts, and the commands.
type parser struct {
	root     *cobra.Command
	settings []*setting
	command  string // the command that was given, such as "keys create"; empty if only help was shown
}

// newParser builds the command line that stores its values in cli and writes its help to out.
func newParser(cli *CLI, out io.Writer) (*parser, error) {
	p := &parser{root: &cobra.Command{
		Use: "patternhub", SilenceErrors: true, SilenceUsage: true,
		Short:             "The Excellence Patterns Hub: distributed-systems patterns as a GraphQL service on MongoDB.",
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, Args: noSuchCommand,
	}}
	p.root.PersistentFlags().SortFlags = false
	p.root.RunE = func(*cobra.Command, []string) error {
		p.command = "serve"
		return nil
	}
	p.root.SetOut(out)
	p.root.SetErr(out)
	p.root.SetHelpFunc(help)
	p.root.SetHelpCommand(&cobra.Command{Use: "help [command]", Short: "Show the help of a command.", RunE: p.help})
	var err error
	if p.settings, err = settings(reflect.ValueOf(&cli.Config).Elem(), "", ""); err != nil {
		return nil, err
	}
	for _, s := range p.settings {
		addFlag(p.root.PersistentFlags(), s)
	}
	keys, users := group("keys", "Create, list and revoke API keys."), group("users", "Invite, list and remove people, and make sign-in links.")
	p.root.AddCommand(keys, users)
	return p, errors.Join(
		p.add(p.root, "serve", "Serve the hub (the default).", nil),
		p.add(p.root, "seed", "Load the hub's own content; loading it again changes nothing.", nil),
		p.add(p.root, "import", "Import a tree of Markdown files, or NDJSON.", &cli.Import),
		p.add(p.root, "export", "Export the content as a tree of Markdown files.", &cli.Export),
		p.add(p.root, "site", "Write the site as files for a static host.", &cli.Copy),
		p.add(keys, "create", "Create a key and show it once.", &cli.Keys.Create),
		p.add(keys, "list", "List the keys.", nil),
		p.add(keys, "revoke", "Revoke a key immediately.", &cli.Keys.Revoke),
		p.add(users, "invite", "Add a person and show a one-time sign-in link.", &cli.Users.Invite),
		p.add(users, "list", "List the people.", &cli.Users.List),
		p.add(users, "link", "Show a new one-time sign-in link of a person.", &cli.Users.Link),
		p.add(users, "revoke", "Remove a person and end all sessions and keys of theirs immediately.", &cli.Users.Revoke),
		p.add(p.root, "log", "Show who has changed what.", &cli.Log),
		p.add(p.root, "mcp", "Let an assistant on this machine use a hub, over standard input and output.", &cli.Assist),
		p.add(p.root, "schema", "Print the GraphQL schema.", nil),
		p.add(p.root, "fetch-mongod", "Fetch the private MongoDB into the user's cache.", nil),
		p.add(p.root, "shard", "Declare the shard keys of a sharded cluster; doing it again changes nothing.", nil),
		p.add(p.root, "healthcheck", "Ask the running hub whether it is ready; exit 1 if not.", nil),
		p.add(p.root, "version", "Print the version.", nil),
		p.addHidden("draw-diagram", "Draw the Mermaid diagram on standard input. The hub runs this itself."),
	)
}

// group returns a command that only groups others.
func group(name, short string) *cobra.Command {
	g := &cobra.Command{Use: name, Short: short, Args: noSuchCommand}
	g.RunE = func(c *cobra.Command, _ []string) error {
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		return fmt.Errorf("%s needs a command: %s", c.Name(), oneOf(names))
	}
	return g
}

// add adds a command. Its flags and arguments are the fields of the struct that dest points to, if any.
func (p *parser) add(parent *cobra.Command, name, short string, dest any) error {
	c := &cobra.Command{Use: name, Short: short}
	c.Flags().SortFlags = false
	var arguments []*setting
	if dest != nil {
		fields, err := settings(reflect.ValueOf(dest).Elem(), "", "")
		if err != nil {
			return err
		}
		for _, s := range fields {
			if _, positional := s.tag.Lookup("arg"); !positional {
				addFlag(c.Flags(), s)
				continue
			}
			arguments = append(arguments, s)
			c.Use += " <" + s.name + ">"
			c.Long += fmt.Sprintf("  <%s>   %s\n", s.name, s.help())
		}
	}
	parent.AddCommand(c)
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != len(arguments) {
			return fmt.Errorf("%q needs %d arguments and has %d: %s", c.CommandPath(), len(arguments), len(args), c.UseLine())
		}
		return nil
	}
	c.RunE = func(_ *cobra.Command, args []string) error {
		p.command = strings.TrimPrefix(c.CommandPath(), p.root.Name()+" ")
		for i, s := range arguments {
			if err := s.Set(args[i]); err != nil {
				return fmt.Errorf("invalid <%s> %q: %w", s.name, args[i], err)
			}
		}
		return nil
	}
	return nil
}

// addHidden adds a command that help and documentation leave out.
func (p *parser) addHidden(name, short string) error {
	err := p.add(p.root, name, short, nil)
	for _, c := range p.root.Commands() {
		c.Hidden = c.Hidden || c.Name() == name
	}
	return err
}

// help shows the help of the command that the arguments name, or of the program.
func (p *parser) help(_ *cobra.Command, args []string) error {
	named, rest, err := p.root.Find(args)
	if err == nil {
		err = noSuchCommand(named, rest)
	}
	if err != nil {
		return err
	}
	return named.Help()
}

// noSuchCommand refuses arguments of a command that only groups subcommands.
func noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", strings.TrimPrefix(c.CommandPath()+" "+args[0], c.Root().Name()+" "))
	c.SuggestionsMinimumDistance = 2
	if similar := c.SuggestionsFor(args[0]); len(similar) > 0 {
		text += fmt.Sprintf("; did you mean %q?", similar[0])
	}
	return errors.New(text)
}

// addFlag adds a setting to the flags of a command.
func addFlag(to *pflag.FlagSet, s *setting) {
	text := s.help()
	if s.env != "" {
		text += " ($" + s.env + ")"
	}
	f := to.VarPF(s, s.name, "", text)
	if s.to.Kind() == reflect.Bool {
		f.NoOptDefVal = "true" // the flag without a value
	}
	if _, required := s.tag.Lookup("required"); required {
		_ = cobra.MarkFlagRequired(to, s.name) // the flag is there
	}
}

// parse parses args; settings not given there come from the environment. An empty variable is the
// same as an absent one.
func (p *parser) parse(args []string, getenv func(string) string) error {
	p.root.SetArgs(append([]string{}, args...)) // cobra takes nil for the arguments of the process
	if err := p.root.Execute(); err != nil {
		return err
	}
	for _, s := range p.settings {
		if text := getenv(s.env); text != "" && !s.set {
			if err := s.Set(text); err != nil {
				return fmt.Errorf("invalid %s %q: %w", s.env, text, err)
			}
		}
	}
	return nil
}

// help writes what a command does and how it is used, in lines of at most 80 characters.
func help(c *cobra.Command, _ []string) {
	const width = 80
	c.Printf("Usage: %s\n\n%s\n", c.UseLine(), c.Short)
	if c.Long != "" {
		c.Printf("\nArguments:\n%s", c.Long)
	}
	if c.HasAvailableSubCommands() {
		c.Println("\nCommands:")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				c.Printf("  %-14s %s\n", sub.Name(), sub.Short)
			}
		}
	}
	if flags := c.LocalNonPersistentFlags(); flags.HasFlags() {
		c.Printf("\nFlags:\n%s", flags.FlagUsagesWrapped(width))
	}
	c.Printf("\nSettings:\n%s", c.Root().PersistentFlags().FlagUsagesWrapped(width))
}
