// Decides requests with iam-simulate: [{request, policies}] on the standard input, [decision] on the standard output.
// Run in a directory whose node_modules hold the package.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const { runSimulation } = createRequire(join(process.cwd(), 'package.json'))('@cloud-copilot/iam-simulate')

const decisions = []
for (const { request, policies } of JSON.parse(readFileSync(0, 'utf8'))) {
  const simulation = { request, identityPolicies: policies, serviceControlPolicies: [], resourceControlPolicies: [] }
  const response = await runSimulation(simulation, {})
  decisions.push(response.resultType === 'error' ? `error: ${JSON.stringify(response.errors)}` : response.overallResult)
}
process.stdout.write(JSON.stringify(decisions))
