// Parses Mermaid diagrams with Mermaid itself. Standard input is a JSON list of diagrams; standard
// output is a JSON list of the same length with null for a good one and the complaint for a bad one.
import { text } from 'node:stream/consumers';
import { Window } from 'happy-dom';

// Mermaid cleans labels with the DOM of a browser while it parses, so it must find one.
globalThis.window = new Window();
globalThis.document = globalThis.window.document;

const { default: mermaid } = await import('mermaid');

const complaints = [];
for (const diagram of JSON.parse(await text(process.stdin))) {
  try {
    await mermaid.parse(diagram);
    complaints.push(null);
  } catch (error) {
    complaints.push(error.message);
  }
}
process.stdout.write(JSON.stringify(complaints), () => process.exit(0));
