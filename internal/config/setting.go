package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting is a field of CLI with its tags: the value of a flag, or an argument of a command.
// It implements pflag.Value.
type setting struct {
	name string // of the flag or the argument, such as "limit-depth"
	env  string // of the environment variable, or empty
	tag  reflect.StructTag
	to   reflect.Value // the field
	set  bool          // whether Set has been called, so that the default of a list is replaced
}

// settings returns what the fields of a struct declare, in their order and with their defaults.
func settings(v reflect.Value, prefix, envPrefix string) ([]*setting, error) {
	var out []*setting
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Type.Kind() == reflect.Struct {
			inner, err := settings(v.Field(i), prefix+f.Tag.Get("prefix"), envPrefix+f.Tag.Get("envprefix"))
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
			continue
		}
		s := &setting{name: prefix + nameOf(f), tag: f.Tag, to: v.Field(i)}
		if name := f.Tag.Get("env"); name != "" {
			s.env = envPrefix + name
		}
		if text, ok := f.Tag.Lookup("default"); ok {
			if err := s.parse(text); err != nil {
				return nil, fmt.Errorf("read the default of %s: %w", s.name, err)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

var wordEnd = regexp.MustCompile("([a-z0-9])([A-Z])")

// nameOf returns the tag "name", or the words of the field's name joined by hyphens.
func nameOf(f reflect.StructField) string {
	if name := f.Tag.Get("name"); name != "" {
		return name
	}
	return strings.ToLower(wordEnd.ReplaceAllString(f.Name, "$1-$2"))
}

// help returns the meaning of a setting, with its allowed words.
func (s *setting) help() string {
	return strings.ReplaceAll(s.tag.Get("help"), "${enum}", strings.Join(s.allowed(), ", "))
}

// allowed returns the words that the setting accepts, or nil when it accepts others as well.
func (s *setting) allowed() []string {
	if words := s.tag.Get("enum"); words != "" {
		return strings.Split(words, ",")
	}
	return nil
}

// String returns the default, as help shows it.
func (s *setting) String() string { return s.tag.Get("default") }

// Type returns the word that stands for a value in help. pflag knows "bool".
func (s *setting) Type() string {
	if word := s.tag.Get("placeholder"); word != "" {
		if s.to.Kind() == reflect.Slice {
			word += ",..."
		}
		return word
	}
	switch s.to.Interface().(type) {
	case time.Duration:
		return "duration"
	case []string:
		return "strings"
	}
	return strings.TrimSuffix(s.to.Kind().String(), "64")
}

// Set parses a value that the command line or the environment gives. A list that is set more than
// once has the values of all.
func (s *setting) Set(text string) error {
	if s.to.Kind() == reflect.Slice && !s.set {
		s.to.SetZero()
	}
	s.set = true
	return s.parse(text)
}

// parse stores a string in the field. An error says what is allowed.
func (s *setting) parse(text string) error {
	switch s.to.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return errors.New("it must be a duration such as 90m or 24h")
		}
		s.to.SetInt(int64(d))
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("it must be true or false")
		}
		s.to.SetBool(b)
	case int, int64:
		n, err := strconv.ParseInt(text, 10, s.to.Type().Bits())
		if err != nil {
			return errors.New("it must be a whole number")
		}
		s.to.SetInt(n)
	case []string:
		for part := range strings.SplitSeq(text, ",") {
			word, err := s.word(strings.TrimSpace(part))
			if err != nil {
				return err
			}
			s.to.Set(reflect.Append(s.to, reflect.ValueOf(word)))
		}
	case string:
		word, err := s.word(text)
		if err != nil {
			return err
		}
		s.to.SetString(word)
	default:
		return fmt.Errorf("a setting cannot be of type %s", s.to.Type())
	}
	return nil
}

// word checks a string against the allowed words and makes a path absolute, except the word that the setting
// takes instead of one. A path that starts with ~/ is below the home folder of the user.
func (s *setting) word(text string) (string, error) {
	if words := s.allowed(); words != nil {
		if slices.Contains(words, text) {
			return text, nil
		}
		return "", fmt.Errorf("it must be %s", oneOf(words))
	}
	if s.tag.Get("type") != "path" || text == s.tag.Get("or") || text == "" {
		return text, nil
	}
	if rest, ok := strings.CutPrefix(text, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the home folder: %w", err)
		}
		return filepath.Join(home, rest), nil
	}
	path, err := filepath.Abs(text)
	if err != nil {
		return "", fmt.Errorf("find the folder %q: %w", text, err)
	}
	return path, nil
}

// oneOf joins words for a message: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
