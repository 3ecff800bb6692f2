// Reads {schema, cases: [{query, variables}]} and writes the verdict of graphql-js on each:
// "ok", or the step that refuses it.
import { readFileSync } from 'node:fs';
import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

const { schema: sdl, cases, scalars } = JSON.parse(readFileSync(0, 'utf8'));
const schema = buildSchema(sdl);
for (const name of scalars) {
  const type = schema.getType(name);
  const string = (value) => { if (typeof value !== 'string') throw new TypeError('not a string'); return value; };
  type.parseValue = string;
  type.parseLiteral = (node) => (node.kind === 'StringValue' ? node.value : undefined);
}

const verdict = ({ query, variables }) => {
  let document;
  try { document = parse(query); } catch (error) { return `parse: ${error.message}`; }
  let errors;
  // One of its rules throws where another one reports an error.
  try { errors = validate(schema, document, specifiedRules); } catch (error) { return `validate: ${error.message}`; }
  if (errors.length) return `validate: ${errors[0].message}`;
  const operation = document.definitions.find((d) => d.kind === 'OperationDefinition');
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  return values.errors ? `variables: ${values.errors[0].message}` : 'ok';
};
console.log(JSON.stringify(cases.map(verdict)));
