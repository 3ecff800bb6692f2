// Checks spelling with cspell: American English, terms of software, and terms of our own from
// the file named by the argument. Standard input has a line "place<tab>text" per text; standard
// output has a line "place<tab>word" per word that is in no dictionary.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { spellCheckDocument } from 'cspell-lib';

const settings = {
  words: readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean),
  language: 'en-US',
  dictionaries: ['en_us', 'softwareTerms', 'companies'],
};

let out = '';
for (const line of (await text(process.stdin)).split('\n').filter(Boolean)) {
  const [place, prose] = line.split('\t');
  const { issues, errors } = await spellCheckDocument(
    { uri: 'file:///prose.txt', text: prose, languageId: 'plaintext', locale: 'en-US' },
    { generateSuggestions: false, noConfigSearch: true },
    settings,
  );
  if (errors?.length) throw new Error(`${place}: ${errors.join('; ')}`);
  for (const issue of issues) out += `${place}\t${issue.text}\n`;
}
process.stdout.write(out);
