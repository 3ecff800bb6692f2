package engine_test

// handmadeOperation is an operation whose answers must agree on both executors. fails marks an
// operation that must have errors, so that none passes by failing early.
type handmadeOperation struct {
	text      string
	variables []map[string]any
	fails     bool
}

type sets = []map[string]any

func handmade() map[string]handmadeOperation {
	return map[string]handmadeOperation{
		"empty selections":      {text: `query($s: Boolean!) { boxes { id @skip(if: $s) inner { value @skip(if: $s) } } }`, variables: sets{{"s": true}, {"s": false}}},
		"nothing at all":        {text: `query($s: Boolean!) { boxes @skip(if: $s) { id } }`, variables: sets{{"s": true}, {"s": false}}},
		"typename everywhere":   {text: `{ __typename t: __typename things { __typename ... on Box { x: __typename } } named { __typename } }`},
		"every scalar":          {text: `{ boxes(first: 1) { id name label size weight sizes count tags mood moods maybeMood maybeMoods grade open maybeOpen ended code codes data amount maybeAmount matrix holes notes keys } }`},
		"scalars of odd boxes":  {text: `{ maybeBoxes { id name size weight sizes tags notes keys matrix holes moods maybeMoods strictMoods at data blank blanks inners { value } } }`, fails: true},
		"merging":               {text: `{ boxes { inner { value } inner { text value } ... on Node { id } ...F id } } fragment F on Box { inner { deep { value } } }`},
		"two definitions":       {text: `{ boxes { ... on Left { id twin { id } owner { id } } ... on Right { id twin { name } owner { age } strictOwner { id } } } }`, fails: true},
		"interfaces":            {text: `{ nodes(ids: ["b1", "d2", "c1", "c9", "b77", "d3"]) { id ... on Named { name label } ... on Dog { age best { id } } ... on Cat { rival { id } lives } } }`},
		"living":                {text: `{ living { id ...on Dog { age } } nodes(ids: ["d1"]) { ... on Living { name } } boxes { stray { id ... on Living { name } } } }`, fails: true},
		"unions":                {text: `{ things { ... on Box { id } ... on Dog { boxes { id twin { id } } } ... on Node { x: id } ... on Cat { c: boxes { id } } } }`},
		"typed nil":             {text: `{ boxes(first: 8) { stray { id } strays { __typename } } }`, fails: true},
		"typed nil, non-null":   {text: `{ maybeBoxes { strictStray { name } } }`, fails: true},
		"null bubbles":          {text: `{ maybeBoxes { id strictOwner { id } strictFail } }`, fails: true},
		"null reaches the root": {text: `{ boxes(first: 12) { strictFail id } again { boxes { id } } }`, fails: true},
		"null at the root":      {text: `{ strictBox(id: "b99") { id } boxes { id fail } }`, fails: true},
		"panic at the root":     {text: `{ strictBox(id: "panic") { id } box(id: "b1") { id } }`, fails: true},
		"panics":                {text: `{ maybeBoxes { boom strictBoom late maybeLate boomInner { value } inners { boom } inner { deep { boom deep { boom } } } } }`, fails: true},
		"nested lists":          {text: `{ boxes(first: 6) { grid { value text deep { value } } strictGrid { value } inners { value deep { text } } } }`, fails: true},
		"null in a strict list": {text: `{ boxes(first: 1, filter: {even: 4}) { id name fail } }`, fails: true},
		"late errors": {
			text: `{ maybeBoxes { id size sizes extreme } a: maybeBoxes { size strictFail } b: maybeBoxes { weight sizes strictMoods blanks strictBlank } }`, fails: true,
		},
		"arguments": {
			text: `query($t: String!, $n: Int, $l: [Int!], $f: BoxFilter, $m: Mood = LOST) { boxes { a: echo(text: $t, n: $n, list: $l, filter: $f, mood: $m) b: echo c: echo(list: 7, filter: {any: [{text: $t}, {not: $f}], range: {to: 3}}) } }`,
			variables: sets{
				{"t": "x"},
				{"t": "y", "n": 4, "l": []any{1, 2}, "f": map[string]any{"text": "q", "moods": "LOST", "range": map[string]any{}}, "m": "CALM"},
				{"t": "z", "n": nil, "l": nil, "f": nil, "m": nil},
			},
		},
		"refused arguments": {text: `{ boxes { a: echo(even: 3) b: echo(even: 13) c: echo(filter: {not: {even: 5}}) related(filter: {even: 7}) { totalCount } } number(even: 13) }`, fails: true},
		"refused variables": {
			text:      `query($e: Even, $f: BoxFilter) { boxes { echo(even: $e, filter: $f) } }`,
			variables: sets{{"e": 3}, {"e": 13}, {"e": 2, "f": map[string]any{"any": []any{map[string]any{"even": 1}}}}}, fails: true,
		},
		"methods":     {text: `{ boxes(first: 4) { check summary a: summary(style: ANGRY, n: 1) b: summary(style: null, n: 0) twin { twin { id } } } }`, fails: true},
		"connections": {text: `{ connection(first: 3) { nodes { id } edges { cursor weight node { name related(first: 1) { totalCount nodes { id } } } } totalCount facets(moods: [CALM, LOST], limit: 1) { mood count } } }`, fails: true},
		"refused connections": {
			text: `{ connection(filter: {moods: [CALM, LOST]}) { nodes { id } totalCount } boxes { related(first: -1) { totalCount } b: related { facets(moods: [CALM], limit: -1) { count } nodes { id } } } }`, fails: true,
		},
		"loads":           {text: `{ boxes(first: 8) { owner { id best { id best { id } } } pets { id } friends { id } things { ... on Cat { rival { id } } } } }`, fails: true},
		"the query again": {text: `{ again { again { __typename boxes(first: 1) { id lines } } box(id: "b5") { lines } } }`},
		"field contexts":  {text: `{ boxes(first: 6) { x: lines inners { value } related { edges { node { lines } } } } nodes(ids: ["b4", "b5"]) { ... on Box { lines } } }`},
		"switches": {
			text:      `query($a: Boolean!, $b: Boolean = true) { boxes @include(if: $a) { id name @skip(if: $b) ...F @include(if: $b) } } fragment F on Box { count ... @skip(if: $a) { mood } }`,
			variables: sets{{"a": true}, {"a": false}, {"a": true, "b": false}, {"a": false, "b": false}, {"a": true, "b": true}},
		},
		"mutations in series":    {text: `mutation { a: count b: touch(id: "b1") { counted owner { best { id } } } c: count shelve(first: 3) { nodes { counted } totalCount } d: touch(id: "b2") { id counted } }`},
		"mutations that fail":    {text: `mutation { a: count touch(id: "b99") { id } strictTouch(id: "") { id } b: count again { boxes(first: 2) { counted fail } } }`, fails: true},
		"mutations that panic":   {text: `mutation { strictTouch(id: "panic") { id } a: count b: touch(id: "b3") { counted late } }`, fails: true},
		"mutations' nulls":       {text: `mutation { touch(id: "b5") { strictFail id } shelve(first: -1) { totalCount } strictTouch(id: "b7") { id } __typename }`, fails: true},
		"mutations' switches":    {text: `mutation($s: Boolean!) { a: count @skip(if: $s) ...F } fragment F on Mutation { touch(id: "b1") @include(if: $s) { counted } b: count }`, variables: sets{{"s": true}, {"s": false}}},
		"the same mutation":      {text: `mutation { touch(id: "b1") { id } touch(id: "b1") { counted } }`},
		"events":                 {text: `subscription { boxes(first: 5) { id counted owner { best { id } } related { nodes { id } totalCount } } }`, fails: false},
		"events that fail":       {text: `subscription { e: strictBoxes(first: 4) { id fail strictOwner { id } inners { boom } } }`, fails: true},
		"events of lists":        {text: `subscription { things { __typename ... on Box { id fail late } ... on Cat { rival { id } lives } } }`, fails: true},
		"a refused subscription": {text: `subscription { boxes(first: 99) { id } }`, fails: true},
		"a subscription's panic": {text: `subscription { strictBoxes(first: 13) { id } }`, fails: true},
		"refused events":         {text: `subscription($e: Even) { things(even: $e) { __typename } }`, variables: sets{{"e": 3}, {"e": 13}}, fails: true},
		"words":                  {text: `query($l: [String!]! = ["d"]) { words(list: $l) a: words b: words(list: "one") number(x: 1e21) }`, variables: sets{{}, {"l": []any{}}, {"l": "x"}}},
	}
}
