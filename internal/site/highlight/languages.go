package highlight

import "strings"

// language is what a language writes in a way of its own.
type language struct {
	keywords    []string
	line        []string // what begins a comment up to the end of the line
	open, close string   // what encloses a comment
	quotes      string
	fold        bool // keywords are the same in upper and lower case
	names       bool // a word or string before a colon is a name
}

// words splits a list of keywords.
func words(s string) []string { return strings.Fields(s) }

// slashes returns a language with the comments of C.
func slashes(quotes, keywords string) *language {
	return &language{keywords: words(keywords), line: []string{"//"}, open: "/*", close: "*/", quotes: quotes}
}

// hashes returns a language whose comments begin with #.
func hashes(keywords string, names bool) *language {
	return &language{keywords: words(keywords), line: []string{"#"}, quotes: `"'`, names: names}
}

var (
	golang = slashes("\"'`", `break case chan const continue default defer else fallthrough for func go goto if import interface map package
		range return select struct switch type var nil true false`)
	java = slashes(`"'`, `abstract boolean break case catch class const continue default do double else enum extends final finally float for
		if implements import instanceof int interface long new null package private protected public record return short static super switch
		synchronized this throw throws true false try var void volatile while`)
	script = slashes("\"'`", `as async await break case catch class const continue default delete do else enum export extends false finally for
		from function if import in instanceof interface let new null of readonly return static super switch this throw true try type typeof
		undefined var void while yield`)
	rust = slashes(`"`, `as async await break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref
		return self Self static struct super trait true type unsafe use where while`)
	clang = slashes(`"'`, `auto bool break case char class const continue default delete do double else enum extern false float for goto if inline
		int long namespace new nullptr private protected public return short signed sizeof static struct switch template this true typedef
		union unsigned using virtual void volatile while`)
	python = hashes(`and as assert async await break class continue def del elif else except False finally for from global if import in is
		lambda None nonlocal not or pass raise return True try while with yield`, false)
	shell = hashes("case do done elif else esac exit export fi for function if in local return set then until while", false)
	yaml  = hashes("true false null", true)
	ini   = &language{line: []string{"#", ";"}, quotes: `"'`, keywords: words("true false")}
	sql   = &language{fold: true, line: []string{"--"}, open: "/*", close: "*/", quotes: `'"`, keywords: words(`add all alter and as asc begin
		between by case check commit conflict constraint create cross default delete desc distinct do drop else end exists false for foreign from
		full group having if in index inner insert into is join key left like limit not null offset on or order outer partition primary
		references returning right rollback select set skip locked table then true union unique update using values view when where with`)}
	graphql = &language{line: []string{"#"}, quotes: `"`, names: true, keywords: words(`query mutation subscription fragment on type input enum
		interface union scalar schema extend implements directive true false null`)}
	json = &language{quotes: `"`, names: true, keywords: words("true false null")}
	lua  = &language{line: []string{"--"}, quotes: `"'`, keywords: words(`and break do else elseif end false for function if in local nil not
		or repeat return then true until while`)}
)

// languages are the known languages by the names that blocks of code have.
var languages = map[string]*language{
	"go": golang, "java": java, "kotlin": java, "scala": java, "cs": java, "csharp": java,
	"js": script, "javascript": script, "ts": script, "typescript": script, "jsx": script, "tsx": script,
	"rust": rust, "rs": rust, "c": clang, "cpp": clang, "c++": clang,
	"python": python, "py": python, "sh": shell, "bash": shell, "shell": shell, "console": shell, "dockerfile": shell,
	"yaml": yaml, "yml": yaml, "ini": ini, "toml": ini, "sql": sql, "graphql": graphql, "json": json, "lua": lua,
}
