// json-rules-engine: sixteen rules, run for each event; adding up, and `once`, are left to JavaScript.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.env.BENCH_NODE ? process.env.BENCH_NODE + '/' : import.meta.url)
const { Engine } = require('json-rules-engine')

const EVERY = [['page_view', 5, 30], ['email_opened', 2, 30], ['email_clicked', 4, 30], ['pricing_viewed', 10, 14],
  ['video_played', 3, 30], ['social_shared', 2, 60], ['chat_started', 6, 30], ['bounced', -5, 90]]
const ONCE = [['webinar_registered', 10, 60], ['webinar_attended', 30, 90], ['whitepaper_downloaded', 15, 60],
  ['demo_requested', 40, 90], ['trial_started', 35, 60], ['newsletter_signup', 15, 365],
  ['survey_filled', 10, 60], ['unsubscribed', -50, 365]]
const [log, asOf] = process.argv.slice(2)
const now = Date.parse(asOf + 'T00:00:00Z')
const engine = new Engine()
for (const [name, points, days] of [...EVERY, ...ONCE]) {
  engine.addRule({
    conditions: { all: [{ fact: 'event', operator: 'equal', value: name }, { fact: 'days', operator: 'lessThan', value: days }] },
    event: { type: 'award', params: { points } },
  })
}
const once = new Set(ONCE.map(([name]) => name))
const scores = new Map()
const seen = new Set()
for await (const line of createInterface({ input: createReadStream(log) })) {
  const { lead, event, time } = JSON.parse(line)
  if (time > now) continue
  if (!scores.has(lead)) scores.set(lead, 0)
  if (once.has(event)) {
    const key = lead + '\n' + event
    if (seen.has(key)) continue
    seen.add(key)
  }
  const { events } = await engine.run({ event, days: (now - time) / 86400000 })
  for (const each of events) scores.set(lead, scores.get(lead) + each.params.points)
}
let total = 0
for (const score of scores.values()) total += score
console.log(scores.size, total)
