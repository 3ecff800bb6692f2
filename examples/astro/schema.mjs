// Derives the schema of a collection from the hub's own: the result of a selection of fields, as a Zod schema that
// validates it and as a type for editors.

import { buildClientSchema, getIntrospectionQuery, isAbstractType, isEnumType, isListType, isNonNullType, isScalarType, Kind, parse, validate } from 'graphql'
import { z } from 'zod'

/** The JSON types of the hub's scalars; custom scalars are strings. */
const scalars = {
  Int: [z.int(), 'number'],
  Float: [z.number(), 'number'],
  Boolean: [z.boolean(), 'boolean'],
}

/** The parts of an entry outside of its data: its id, and the text that Astro renders. */
const beside = { id: true, body: { html: true, headings: true } }

/**
 * Fetches the hub's schema and describes the entries of a collection.
 *
 * @param {(query: string) => Promise<any>} ask sends a query and returns its data
 * @param {string[] | undefined} types the entry types of the collection, as EntryType names them; all when absent
 * @param {string} fields what is selected on an entry
 * @returns {Promise<{ schema: z.ZodType, types: string }>}
 */
export async function describe(ask, types, fields) {
  const schema = buildClientSchema(await ask(getIntrospectionQuery()))
  const document = parse(`query ($path: String!) { entry(path: $path) { __typename slug ${fields} } }`)
  const [fault] = validate(schema, document)
  if (fault) throw new Error(`the hub's schema does not allow the selection: ${fault.message}`)
  const entry = document.definitions[0].selectionSet.selections[0]
  const wanted = schema.getPossibleTypes(schema.getType('Entry')).filter((type) => !types || types.includes(constant(type.name)))
  if (wanted.length === 0) throw new Error(`the hub has none of the entry types ${types.join(', ')}`)
  const { schema: checks, types: text } = oneOf(wanted.map((type) => objectOf(schema, type, [entry], beside)))
  return { schema: checks, types: `export type Entry = ${text}\n` }
}

/** The value of EntryType for a type: CaseStudy is CASE_STUDY. */
const constant = (name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

/** Describes a field of a type, which some nodes select. */
function valueOf(schema, type, nodes, except) {
  if (isNonNullType(type)) return presentOf(schema, type.ofType, nodes, except)
  const value = presentOf(schema, type, nodes, except)
  return { schema: value.schema.nullable(), types: `${value.types} | null` }
}

function presentOf(schema, type, nodes, except) {
  if (isListType(type)) {
    const item = valueOf(schema, type.ofType, nodes, except)
    return { schema: z.array(item.schema), types: `(${item.types})[]` }
  }
  if (isEnumType(type)) {
    const names = type.getValues().map((value) => value.name)
    return { schema: z.enum(names), types: `(${names.map((name) => `'${name}'`).join(' | ')})` }
  }
  if (isScalarType(type)) {
    const [checks, text] = scalars[type.name] ?? [z.string(), 'string']
    return { schema: checks, types: text }
  }
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  return oneOf(possible.map((object) => objectOf(schema, object, nodes, except)))
}

/** Describes the selection of several nodes on an object. Objects are strict, so that only the right member of a union matches. */
function objectOf(schema, type, nodes, except = {}) {
  const fields = new Map()
  for (const node of nodes) collect(schema, type, node.selectionSet, fields)
  for (const [key, found] of fields) {
    if (except[key] === true || (except[key] && isBare(found, except[key]))) fields.delete(key)
  }
  const values = [...fields].map(([key, found]) => {
    const name = found[0].name.value
    if (name === '__typename') return [key, { schema: z.literal(type.name), types: `'${type.name}'` }]
    return [key, valueOf(schema, type.getFields()[name].type, found, except[key])]
  })
  return {
    schema: z.strictObject(Object.fromEntries(values.map(([key, value]) => [key, value.schema]))),
    types: `{ ${values.map(([key, value]) => `${key}: ${value.types}`).join('; ')} }`,
  }
}

/** Reports whether nodes select only parts outside of the data. */
const isBare = (nodes, except) => nodes.every((node) => node.selectionSet.selections.every((field) => except[(field.alias ?? field.name)?.value] === true))

/** Collects the fields that a selection has on a type, by their key in the answer. */
function collect(schema, type, selectionSet, into) {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value
      into.set(key, [...(into.get(key) ?? []), selection])
      continue
    }
    const on = selection.typeCondition && schema.getType(selection.typeCondition.name.value)
    if (!on || on === type || (isAbstractType(on) && schema.isSubType(on, type))) collect(schema, type, selection.selectionSet, into)
  }
}

/** Joins several shapes to a union without duplicates. */
function oneOf(shapes) {
  const distinct = [...new Map(shapes.map((shape) => [shape.types, shape])).values()]
  if (distinct.length === 1) return distinct[0]
  return { schema: z.union(distinct.map((shape) => shape.schema)), types: `(${distinct.map((shape) => shape.types).join(' | ')})` }
}
