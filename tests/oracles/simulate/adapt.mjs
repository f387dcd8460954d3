// Where AWS's pages and the other evaluation disagree: each entry rewrites a case into one that means by AWS's words what
// the first one did, in a form on which nobody disagrees. docs/simulate.md quotes the words.

const each = (value) => (Array.isArray(value) ? value : [value])
const clone = (value) => JSON.parse(JSON.stringify(value))

/** All policies of a case, to be changed in place. */
function* policies(made) {
  yield* made.identityPolicies ?? []
  yield* made.permissionBoundaries ?? []
  if (made.sessionPolicy) yield made.sessionPolicy
  if (made.resourcePolicy) yield made.resourcePolicy
  for (const level of made.serviceControlPolicies ?? []) yield* level
  for (const level of made.resourceControlPolicies ?? []) yield* level
}

function* statements(made) {
  for (const policy of policies(made)) yield* each(policy.Statement)
}

/** Replaces the values of conditions: `change(value, operator, key)`. */
function conditionValues(made, change) {
  for (const statement of statements(made)) {
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      for (const key of Object.keys(keys)) {
        const changed = each(keys[key]).flatMap((value) => change(value, operator, key))
        keys[key] = changed.length > 1 ? changed : changed[0]
      }
    }
  }
}

const isService = (principal) => principal.endsWith('.amazonaws.com')
const isLinked = (principal) => principal.includes(':role/aws-service-role/')
const SUPPORTED = ['s3', 'sts', 'kms', 'sqs', 'secretsmanager', 'dynamodb', 'logs', 'ecr', 'aoss', 'cognito-idp']
const service = (made) => made.request.action.split(':')[0]
const account = (arn) => arn.split(':')[4]

/** The resource pattern as a regular expression: a star at the end of a field crosses colons, others stay inside. */
function names(pattern, resource) {
  if (!pattern.startsWith('arn:') || resource === '*') return false
  const fields = pattern.split(':')
  const cut = fields.length > 6 ? [...fields.slice(0, 5), fields.slice(5).join(':')] : fields
  const escape = (text) => text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const source = cut.map((field, index) => {
    const last = index === 5
    return escape(field).split('').map((letter, at, all) => {
      if (letter === '?') return last ? '.' : '[^:]'
      if (letter !== '*') return letter
      return last || at === all.length - 1 ? '.*' : '[^:]*'
    }).join('')
  }).join(':')
  return new RegExp(`^${source}$`, 's').test(resource)
}

/** What the one who asks is made of, each of which NotPrincipal must name. */
function parts(principal) {
  if (!principal.startsWith('arn:')) return [[principal]]
  const whole = [account(principal), `arn:aws:iam::${account(principal)}:root`]
  if (principal.endsWith(':root')) return [whole]
  const session = principal.match(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//)
  if (session) return [whole, [`arn:aws:iam::${session[1]}:role/${session[2]}`], [principal]]
  return [whole, [principal]]
}

/** Whether a variable of the text has neither a value in the request nor a default. */
function isOpen(text, made) {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].some(([, name]) => {
    if (['*', '?', '$'].includes(name) || /, '.*'$/.test(name)) return false
    const given = Object.entries(made.request.context).find(([key]) => key.toLowerCase() === name.toLowerCase())
    return given === undefined || Array.isArray(given[1])
  })
}

/** An ARN of nothing. */
const NOWHERE = 'arn:aws:none:::none'

export const REASONS = [
  {
    id: 'variables-without-a-value',
    adapt(made) {
      for (const policy of policies(made)) {
        if (policy.Version === '2008-10-17') continue
        for (const statement of each(policy.Statement)) {
          if (statement.NotResource) statement.NotResource = each(statement.NotResource).map((text) => (isOpen(text, made) ? NOWHERE : text))
          for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
            if (!/Not(Equals|Like)/.test(operator)) continue
            for (const key of Object.keys(keys)) {
              keys[key] = each(keys[key]).map((text) => (!isOpen(text, made) ? text : operator.includes('Arn') ? NOWHERE : 'no such value'))
            }
          }
        }
      }
    },
  },
  {
    id: 'variables-of-2008',
    adapt(made) {
      for (const policy of policies(made)) {
        if (policy.Version !== '2008-10-17') continue
        policy.Version = '2012-10-17'
        for (const statement of each(policy.Statement)) {
          for (const element of ['Resource', 'NotResource']) {
            if (statement[element]) statement[element] = each(statement[element]).map((text) => text.replaceAll('${', '${$}{'))
          }
          for (const keys of Object.values(statement.Condition ?? {})) {
            for (const key of Object.keys(keys)) keys[key] = each(keys[key]).map((text) => text.replaceAll('${', '${$}{'))
          }
        }
      }
    },
  },
  {
    id: 'escapes-in-every-string',
    adapt(made) {
      conditionValues(made, (value, operator) => {
        const literal = /^(For\w+:)?(String(Not)?Equals(IgnoreCase)?)(IfExists)?$/.test(operator)
        return literal ? value.replaceAll('${*}', '*').replaceAll('${?}', '?').replaceAll('${$}', '$') : value
      })
    },
  },
  {
    id: 'dates-in-seconds-and-years',
    adapt(made) {
      conditionValues(made, (value, operator) => {
        if (!operator.includes('Date')) return value
        if (/^\d{4}$/.test(value)) return `${value}-01-01T00:00:00Z`
        return /^\d+$/.test(value) ? new Date(Number(value) * 1000).toISOString() : value
      })
    },
  },
  {
    id: 'addresses-by-value',
    adapt(made) {
      conditionValues(made, (value, operator) => {
        if (!operator.includes('IpAddress')) return value
        if (/^[\d.]+\/0$/.test(value)) return ['0.0.0.0/1', '128.0.0.0/1']
        if (value.includes('/') || !/[.:]/.test(value)) return value
        return `${value}/${value.includes(':') ? 128 : 32}`
      })
    },
  },
  {
    id: 'null-dataset',
    adapt(made) {
      const context = made.request.context
      for (const [key, value] of Object.entries(context)) {
        if (!Array.isArray(value)) continue
        const left = value.filter((text) => text !== '')
        if (left.length > 0) context[key] = left
        else delete context[key]
      }
      // Without a qualifier a key that is there and has no single value fails; one that is absent may not.
      for (const statement of statements(made)) {
        for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
          for (const key of Object.keys(keys)) {
            const given = Object.keys(made.original.request.context).find((name) => name.toLowerCase() === key.toLowerCase())
            const emptied = given && Array.isArray(made.original.request.context[given]) && !(given in context)
            if (emptied && !operator.includes(':') && operator !== 'Null') {
              delete keys[key]
              statement.Condition.StringEquals = { ...statement.Condition.StringEquals, 'aws:SourceVpce': 'never' }
            }
          }
          if (Object.keys(keys).length === 0) delete statement.Condition[operator]
        }
      }
    },
  },
  {
    id: 'star-at-the-end-of-a-field',
    adapt(made) {
      const resource = made.request.resource
      for (const statement of statements(made)) {
        for (const element of ['Resource', 'NotResource']) {
          if (statement[element]) statement[element] = each(statement[element]).map((pattern) => (names(pattern, resource) ? resource.replaceAll('$', '?') : pattern))
        }
      }
    },
  },
  {
    id: 'incomplete-in-not-resource',
    adapt(made) {
      const resource = made.request.resource
      const completed = new Set([...made.identityPolicies, ...(made.permissionBoundaries ?? []), made.sessionPolicy])
      for (const policy of policies(made)) {
        for (const statement of each(policy.Statement)) {
          if (!statement.NotResource) continue
          statement.NotResource = each(statement.NotResource).map((pattern) => {
            const missing = 6 - pattern.split(':').length
            if (!pattern.startsWith('arn:') || missing <= 0) return pattern
            const whole = completed.has(policy) ? pattern + ':*'.repeat(missing) : pattern
            return names(whole, resource) || names(pattern, resource) ? '*' : NOWHERE
          })
        }
      }
    },
  },
  {
    id: 'not-principal-in-full',
    adapt(made) {
      for (const statement of statements(made)) {
        if (statement.Effect !== 'Deny' || statement.NotPrincipal === undefined) continue
        const named = typeof statement.NotPrincipal === 'string' ? [statement.NotPrincipal] : Object.values(statement.NotPrincipal).flatMap(each)
        const spared = named.includes('*') || parts(made.request.principal).every((names) => names.some((name) => named.includes(name)))
        if (!spared) statement.NotPrincipal = { AWS: 'arn:aws:iam::999999999999:user/Nobody' }
      }
    },
  },
  {
    id: 'no-scp-for-services',
    adapt(made) {
      if (isService(made.request.principal) || isLinked(made.request.principal)) delete made.serviceControlPolicies
    },
  },
  {
    id: 'rcp-where-there-are-any',
    adapt(made) {
      if (isLinked(made.request.principal) || !SUPPORTED.includes(service(made))) delete made.resourceControlPolicies
    },
  },
  {
    id: 'root-user',
    adapt(made) {
      if (!made.request.principal.endsWith(':root')) return
      made.identityPolicies = [...made.identityPolicies, { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }]
    },
  },
  {
    id: 'trust-is-always-asked',
    adapt(made) {
      if (!made.request.action.startsWith('sts:AssumeRole') || made.resourcePolicy) return
      made.resourcePolicy = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999999999999:user/Nobody' }, Action: made.request.action }],
      }
    },
  },
  {
    id: 'grants-to-sessions',
    adapt(made) {
      const { principal, resourceAccount } = made.request
      if (!/:(assumed-role|federated-user|role)\//.test(principal) || account(principal) !== resourceAccount || !made.resourcePolicy) return
      const direct = clone(made.original)
      direct.identityPolicies = []
      const isDirect = ({ Principal, NotPrincipal }) => {
        const named = Principal === '*' ? ['*'] : each(Principal?.AWS ?? [])
        const isSession = !principal.includes(':role/')
        return named.includes('*') || (isSession && (NotPrincipal !== undefined || named.includes(principal)))
      }
      direct.resourcePolicy = clone(made.resourcePolicy)
      direct.resourcePolicy.Statement = each(direct.resourcePolicy.Statement).filter(
        (statement) => statement.Effect === 'Allow' && isDirect(statement),
      )
      if (direct.resourcePolicy.Statement.length === 0) return
      // Granted to the session itself: only a Deny of its own policies still counts.
      made.directGrant = direct.resourcePolicy
    },
  },
]

/** The case with some reasons applied. */
export function adapted(made, reasons) {
  const copy = clone(made)
  copy.original = clone(made)
  for (const reason of reasons) reason.adapt(copy)
  delete copy.original
  return copy
}
