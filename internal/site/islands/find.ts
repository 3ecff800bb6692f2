// Searches a copy of the site on a static host, in an index of files that are loaded as they are needed: the
// words that begin with two letters are in one file, and some dozen entries in another. The copy writes them
// (package static); words are cut here in the same way as there.
import { create } from "./dom";

/** An entry: its address, name and summary; null for a number that no entry has. */
type Entry = [path: string, name: string, summary: string] | null;

/** By word: numbers of entries, each followed by the weight of the word in it. */
type Words = Record<string, number[]>;

/** The number of entries in a file, of results on the page, and of words that are searched for. */
const perFile = 64;
const most = 50;
const maxWords = 12;

/** The folder of the index, found from the address of this script. */
const folder = new URL("../search/", (document.currentScript as HTMLScriptElement).src);

async function read<T>(file: string, none: T): Promise<T> {
  const answer = await fetch(new URL(file, folder));
  if (answer.status === 404) {
    return none; // no entry has such a word
  }
  if (!answer.ok) {
    throw new Error(`${file}: ${answer.status}`);
  }
  return answer.json();
}

/** The words of a text, without case and accents. Each ideograph is a word. */
function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize("NFD")
      .replaceAll(/\p{M}/gu, "")
      .replaceAll("ς", "σ")
      .replaceAll(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, " $& ")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** The file of the words that begin like one. */
function fileOf(word: string): string {
  const start = [...word].slice(0, 2).map((letter) => letter.codePointAt(0)?.toString(36));
  return `words/${start.join("-")}.json`;
}

/** The entries that have all words, the best first, as numbers. A word also stands for those that it begins. */
async function find(words: string[]): Promise<number[]> {
  const files = new Map(words.map((word) => [fileOf(word), {} as Words]));
  await Promise.all([...files.keys()].map(async (file) => files.set(file, await read(file, {}))));
  let found: Map<number, number> | undefined;
  for (const word of words) {
    const here = new Map<number, number>();
    for (const [known, hits] of Object.entries(files.get(fileOf(word)) ?? {})) {
      if (known.startsWith(word)) {
        // A word that few entries have says more, and so does the whole word.
        const rare = (known === word ? 2 : 1) / Math.log2(2 + hits.length / 2);
        for (let i = 0; i < hits.length; i += 2) {
          here.set(hits[i], Math.max(here.get(hits[i]) ?? 0, hits[i + 1] * rare));
        }
      }
    }
    const before = found;
    found = before
      ? new Map(
          [...here]
            .filter(([n]) => before.has(n))
            .map(([n, weight]) => [n, weight + (before.get(n) ?? 0)]),
        )
      : here;
  }
  return [...(found ?? [])].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([n]) => n);
}

async function entries(numbers: number[]): Promise<Exclude<Entry, null>[]> {
  const files = new Map<number, Entry[]>();
  for (const n of numbers) {
    files.set(Math.floor(n / perFile), []);
  }
  await Promise.all(
    [...files.keys()].map(async (at) => files.set(at, await read(`entries/${at}.json`, []))),
  );
  return numbers
    .map((n) => files.get(Math.floor(n / perFile))?.[n % perFile] ?? null)
    .filter((entry) => entry !== null);
}

/** The results of the search in the address of the page. Without words it stays as it is. */
class Find extends HTMLElement {
  async connectedCallback() {
    const query = new URL(location.href).searchParams.get("q") ?? "";
    const words = [...new Set(wordsOf(query))].slice(0, maxWords);
    for (const field of document.querySelectorAll<HTMLInputElement>("input[name=q]")) {
      field.value = query;
    }
    const said = create("p", { role: "status" });
    this.querySelector("p")?.replaceWith(said);
    if (words.length === 0) {
      said.textContent = "Write one or more words above. These lists have everything:";
      return;
    }
    try {
      said.textContent = "Searching …";
      const found = await find(words);
      const list = create("ol", { class: "hits", role: "list" });
      for (const [path, name, summary] of await entries(found.slice(0, most))) {
        const hit = create("li");
        const title = create("h2");
        title.append(create("a", { href: path }, name));
        hit.append(title, create("p", {}, summary));
        list.append(hit);
      }
      said.textContent = `${found.length} ${found.length === 1 ? "result" : "results"} for “${query}”${
        found.length > most ? `, of which these ${most} fit best` : ""
      }${found.length === 0 ? ". Try fewer or other words, or one of these lists:" : ""}`;
      if (found.length > 0) {
        this.replaceChildren(said, list);
      }
    } catch {
      said.textContent = "The index could not be loaded. Load the page again, or use these lists:";
    }
  }
}

customElements.define("site-find", Find);
