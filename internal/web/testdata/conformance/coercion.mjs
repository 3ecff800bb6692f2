// Reads {schema, cases: [{query, variables}]} and adds to each case the step at which graphql-js
// refuses it, and the paths of the fields that it refuses while it runs.
import { readFileSync } from 'node:fs';
import { buildSchema, execute, getNamedType, isListType, isNonNullType, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';

const { schema: sdl, cases } = JSON.parse(readFileSync(0, 'utf8'));
const schema = buildSchema(sdl);

const moment = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const checks = {
  DateTime: (text) => {
    const [, year, month, day] = moment.exec(text) ?? [];
    return year !== undefined && new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(`${year}-${month}-${day}`);
  },
  PartialDate: (text) => /^(\d{4}(-(0[1-9]|1[0-2]))?|\d{3}0s)$/.test(text),
  Opaque: () => true,
  ID: (text) => /^[A-Z][A-Za-z]+:./.test(Buffer.from(text, 'base64url').toString()),
};
for (const [name, check] of Object.entries(checks)) {
  const type = schema.getType(name);
  const read = (value) => {
    const text = name === 'ID' && Number.isInteger(value) ? String(value) : value;
    if (typeof text !== 'string' || !check(text)) throw new TypeError(`no ${name}`);
    return text;
  };
  type.parseValue = read;
  type.parseLiteral = (node) => read(node.kind === 'StringValue' || (name === 'ID' && node.kind === 'IntValue') ? node.value : undefined);
}

// Every field has a value, so that the only errors are those of arguments.
const made = (type) => {
  if (isNonNullType(type)) return made(type.ofType);
  if (isListType(type)) return [made(type.ofType), made(type.ofType)];
  const name = getNamedType(type).name;
  return { Node: { __typename: 'Law' }, String: 'a', ID: 'UGF0dGVybjpzYWdh' }[name] ?? {};
};
const fieldResolver = (_source, _args, _context, info) => made(info.returnType);

const step = ({ query, variables }) => {
  const document = parse(query);
  if (validate(schema, document).length) return { step: 'validation' };
  const [operation] = document.definitions;
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}).errors) return { step: 'variables' };
  const { errors } = execute({ schema, document, variableValues: variables ?? {}, fieldResolver });
  if (!errors) return { step: 'ok' };
  for (const { message } of errors) if (!message.startsWith('Argument ')) throw new Error(`${query}: ${message}`);
  return { step: 'field', paths: errors.map(({ path }) => path) };
};
console.log(JSON.stringify(cases.map((c) => ({ ...c, ...step(c) }))));
