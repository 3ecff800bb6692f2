// Writes the hub's schema to schema.graphql, where relay-compiler reads it.
import { writeFileSync } from 'node:fs'
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql'

const hub = process.env.HUB_URL ?? 'http://127.0.0.1:8080'
const response = await fetch(`${hub}/graphql`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ query: getIntrospectionQuery() }),
})
const { data, errors } = await response.json()
if (errors) throw new Error(errors[0].message)
writeFileSync(new URL('schema.graphql', import.meta.url), printSchema(buildClientSchema(data)))
