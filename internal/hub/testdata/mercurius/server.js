// A GraphQL server on Mercurius with its JIT over the hub's published collections, which the hub is
// measured against: node server.js URI DATABASE.
// One command reads what a level of a query needs of a collection, and only the fields that are asked for.
import { readFile } from "node:fs/promises";
import path from "node:path";

import DataLoader from "dataloader";
import fastify from "fastify";
import { GraphQLScalarType } from "graphql";
import mercurius from "mercurius";
import { MongoClient } from "mongodb";

const [uri, database] = process.argv.slice(2);
const client = await new MongoClient(uri, { enableUtf8Validation: false }).connect();
const db = client.db(database);
const [patterns, caseStudies, tiers, laws, pillars, companies] = [
  "patterns",
  "case_studies",
  "tiers",
  "laws",
  "pillars",
  "companies",
].map((name) => db.collection(name));

const byName = { sortName: 1, _id: 1 };

// Where a field is stored, if not by its own name.
const stored = { id: "_id", body: "body.html", caseStudies: "_id", patterns: "_id" };

const projections = new WeakMap();

// projection returns the stored fields that the selection of a field needs. A query that is sent again has
// the same nodes, so it is computed once for each.
function projection(info) {
  const node = info.fieldNodes[0];
  let found = projections.get(node);
  if (!found) {
    found = {};
    add(found, node, info.fragments);
    projections.set(node, found);
  }
  return found;
}

function add(to, node, fragments) {
  for (const s of node.selectionSet.selections) {
    const name = s.name?.value;
    if (s.kind === "Field") to[stored[name] ?? name] = 1;
    else add(to, s.kind === "FragmentSpread" ? fragments[name] : s, fragments);
  }
}

// loader returns the DataLoader of a field of the query in this request. Its keys are objects made for
// each load, so it caches nothing.
function loader(context, info, batch) {
  const node = info.fieldNodes[0];
  let found = context.loaders.get(node);
  if (!found) {
    found = new DataLoader(batch, { cache: false });
    context.loaders.set(node, found);
  }
  return found;
}

// byKeys loads the entries with some keys, in their order, for all parents with one command.
function byKeys(collection, keys, context, info) {
  if (!keys?.length) return [];
  return loader(context, info, async (lists) => {
    const all = [...new Set(lists.flat())];
    const docs = await collection
      .find({ _id: { $in: all } }, { projection: projection(info) })
      .toArray();
    const found = new Map(docs.map((d) => [d._id, d]));
    return lists.map((list) => list.map((key) => found.get(key)).filter(Boolean));
  }).load(keys);
}

// byReference loads the first entries that refer to an entry, by name, for all parents with one command.
// The index of references is sorted by name.
function byReference(collection, { ref, first }, context, info) {
  return loader(context, info, async (refs) => {
    const rows = await db
      .aggregate(
        [
          { $documents: refs.map((ref, i) => ({ i, ref })) },
          {
            $lookup: {
              from: collection.collectionName,
              localField: "ref",
              foreignField: "refs",
              pipeline: [{ $sort: byName }, { $limit: first }, { $project: projection(info) }],
              as: "items",
            },
          },
          { $project: { i: 1, items: 1 } },
        ],
        { batchSize: refs.length + 1 },
      )
      .toArray();
    const out = [];
    for (const { i, items } of rows) out[i] = items;
    return out;
  }).load(ref);
}

// where returns the condition of a filter.
async function where(filter) {
  const slugs = filter?.tier?.in;
  if (!slugs) return {};
  const found = await tiers.find({ slug: { $in: slugs } }, { projection: { _id: 1 } }).toArray();
  return { refs: { $in: found.map((t) => `tier:${t._id}`) } };
}

function sorted(orderBy) {
  const n = orderBy?.direction === "DESC" ? -1 : 1;
  return orderBy?.field === "UPDATED_AT" ? { updatedAt: n, _id: n } : { sortName: n, _id: n };
}

const resolvers = {
  // The hub writes no trailing zeros of a second's fraction.
  DateTime: new GraphQLScalarType({
    name: "DateTime",
    serialize: (t) => t.toISOString().replace(/\.?0+Z$/, "Z"),
  }),
  Query: {
    pattern: (_, { slug }, _context, info) =>
      patterns.findOne({ slug }, { projection: projection(info) }),
    patterns: async (_, { first, filter, orderBy }) => ({
      first,
      where: await where(filter),
      sort: sorted(orderBy),
    }),
    tiers: (_, _args, _context, info) =>
      tiers.find({}, { projection: projection(info), sort: { rank: 1, _id: 1 } }).toArray(),
  },
  PatternConnection: {
    nodes: (c, _, context, info) =>
      c.ref
        ? byReference(patterns, c, context, info)
        : patterns
            .find(c.where, { projection: projection(info), sort: c.sort, limit: c.first })
            .toArray(),
    totalCount: (c) => patterns.countDocuments(c.ref ? { refs: c.ref } : c.where),
  },
  CaseStudyConnection: {
    nodes: (c, _, context, info) => byReference(caseStudies, c, context, info),
  },
  CompanyConnection: { nodes: (c, _, context, info) => byKeys(companies, c.keys, context, info) },
  Pattern: {
    id: (p) => Buffer.from(`Pattern:${p._id}`).toString("base64url"),
    tier: async (p, _, context, info) =>
      (await byKeys(tiers, p.tier && [p.tier], context, info))[0],
    laws: (p, _, context, info) => byKeys(laws, p.laws, context, info),
    pillars: (p, _, context, info) => byKeys(pillars, p.pillars, context, info),
    caseStudies: (p, { first }) => ({ ref: `patterns.pattern:${p._id}`, first }),
  },
  Tier: { patterns: (t, { first }) => ({ ref: `tier:${t._id}`, first }) },
  CaseStudy: {
    companies: (s, { first }) => ({ keys: s.companies?.slice(0, first).map((c) => c.company) }),
  },
};

const app = fastify();
app.register(mercurius, {
  schema: await readFile(path.join(import.meta.dirname, "schema.graphql"), "utf8"),
  resolvers,
  context: () => ({ loaders: new Map() }),
  jit: 1,
});
console.log(`Peer: ${await app.listen({ host: "127.0.0.1", port: 0 })}/graphql`);
console.log("Ready");
