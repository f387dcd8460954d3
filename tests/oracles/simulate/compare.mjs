// node compare.mjs BINARY PAIRS SEED
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import { REASONS, adapted } from './adapt.mjs'
import { makeCase } from './cases.mjs'

const [binary, pairs, seed] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const WORDS = { Allowed: 'allowed', ImplicitlyDenied: 'implicitly-denied', ExplicitlyDenied: 'explicitly-denied' }
/** As many differences as a person reads. */
const SHOWN = 5

async function ask(made) {
  const named = (list, prefix) => (list ?? []).map((policy, index) => ({ name: `${prefix}${index}`, policy }))
  const levels = (list, prefix) => (list ?? []).map((level, index) => ({ orgIdentifier: `o${index}`, policies: named(level, `${prefix}${index}-`) }))
  const { request } = made
  const simulation = {
    request: {
      action: request.action,
      principal: request.principal === 'anonymous' ? anonymousPrincipal : request.principal,
      resource: { resource: request.resource, accountId: request.resourceAccount },
      contextVariables: request.context,
    },
    identityPolicies: named(made.identityPolicies, 'i'),
    serviceControlPolicies: levels(made.serviceControlPolicies, 's'),
    resourceControlPolicies: levels(made.resourceControlPolicies, 'r'),
    ...(made.permissionBoundaries ? { permissionBoundaryPolicies: named(made.permissionBoundaries, 'b') } : {}),
    ...(made.sessionPolicy ? { sessionPolicy: made.sessionPolicy } : {}),
    ...(made.resourcePolicy ? { resourcePolicy: made.resourcePolicy } : {}),
  }
  const answer = await runSimulation(simulation, {})
  if (answer.resultType === 'error') return { error: JSON.stringify(answer.errors) }
  return { decision: WORDS[answer.overallResult] }
}

/** What the other evaluation says to the case in AWS's words. */
async function askAdapted(made, reasons) {
  const rewritten = adapted(made, reasons)
  const grant = rewritten.directGrant
  delete rewritten.directGrant
  const first = await ask(rewritten)
  if (!grant || first.decision !== 'implicitly-denied') return first
  // A grant to the session itself stands alone: asked without what limits the role, and within the organization.
  const alone = { ...rewritten, resourcePolicy: grant, identityPolicies: [] }
  delete alone.permissionBoundaries
  delete alone.sessionPolicy
  return ask(alone)
}

const cases = []
const refused = new Map()
for (let number = 0; cases.length < pairs; number += 1) {
  const made = makeCase(seed * 1_000_003 + number)
  const oracle = await ask(made)
  if (oracle.error) {
    const kind = oracle.error.slice(0, 60)
    refused.set(kind, (refused.get(kind) ?? 0) + 1)
    if (number > 3 * pairs + 1000) throw new Error(`most cases are refused: ${[...refused.keys()].join('; ')}`)
    continue
  }
  cases.push({ id: cases.length, made, oracle: oracle.decision })
}

const directory = mkdtempSync(join(tmpdir(), 'baselint-simulate-'))
const file = join(directory, 'requests.jsonl')
writeFileSync(file, cases.map(({ id, made }) => JSON.stringify({ id, ...made })).join('\n') + '\n')
const started = performance.now()
const run = spawnSync(binary, ['simulate', '--batch', file, '--format', 'json'], { encoding: 'utf8', maxBuffer: 1 << 30 })
const took = performance.now() - started
rmSync(directory, { recursive: true })
const answers = run.stdout.trim().split('\n').map((line) => JSON.parse(line))
if (answers.length !== cases.length || run.status !== 0) {
  console.error(answers.filter((answer) => answer.error).slice(0, SHOWN), run.stderr)
  throw new Error(`${answers.length} answers to ${cases.length} requests, exit code ${run.status}`)
}

const counts = {}
const reasons = {}
const unexplained = []
let agreed = 0
for (const { id, made, oracle } of cases) {
  const own = answers[id].decision
  counts[own] = (counts[own] ?? 0) + 1
  if (own === oracle) {
    agreed += 1
    continue
  }
  let found
  for (const reason of REASONS) {
    if ((await askAdapted(made, [reason])).decision === own) {
      found = reason.id
      break
    }
  }
  if (!found && (await askAdapted(made, REASONS)).decision === own) found = 'several of these'
  if (found) reasons[found] = (reasons[found] ?? 0) + 1
  else unexplained.push({ id, own, oracle, adapted: await askAdapted(made, REASONS), why: answers[id].why, by: answers[id].by, made })
}

console.log(`${cases.length} pairs, seed ${seed}: ${agreed} agree, ${cases.length - agreed - unexplained.length} differ for a reason, ${unexplained.length} without`)
console.log(`  answers: ${Object.entries(counts).map(([word, count]) => `${count} ${word}`).join(', ')}; baselint took ${Math.round(took)} ms`)
for (const [reason, count] of Object.entries(reasons)) console.log(`  ${count} ${reason}`)
for (const [kind, count] of refused) console.log(`  left out, refused by the other: ${count} ${kind}`)
for (const difference of unexplained.slice(0, SHOWN)) console.log(JSON.stringify(difference))
process.exitCode = unexplained.length > 0 ? 1 : 0
