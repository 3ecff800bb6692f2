// Updates a folder from a hub:
//
//   HUB_URL=https://hub.example node sync.mjs site/content PATTERN,GUIDE

import { sync } from './folder.mjs'

const [folder = 'content', types] = process.argv.slice(2)
const url = process.env.HUB_URL ?? 'http://127.0.0.1:8080'
const report = await sync({ url, folder, types: types?.split(','), key: process.env.HUB_KEY })
console.log(`${report.whole ? 'full pull' : 'delta'}: ${report.written} written, ${report.deleted} deleted, ${report.pages} pages`)
