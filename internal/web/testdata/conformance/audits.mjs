// Runs the audits of GraphQL over HTTP against the address in the first argument. With "MUST" as the
// second, it omits what a closed server need not do. Prints one line for each failure.
import { serverAudits } from 'graphql-http';

const [url, only] = process.argv.slice(2);
const audits = serverAudits({ url, fetchFn: fetch }).filter((a) => !only || a.name.startsWith(only));
let failed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status !== 'ok') {
    failed++;
    console.log(`${audit.id} ${audit.name}: ${result.reason}`);
  }
}
console.log(`${audits.length} audits, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
