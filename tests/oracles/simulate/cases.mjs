// Random requests with policies, the same for the same seed: small pools, so that patterns, principals and conditions
// meet often, and near misses as often.

const OWN = '111122223333'
const OTHER = '444455556666'

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const USER = `arn:aws:iam::${OWN}:user/Al`
const PATH_USER = `arn:aws:iam::${OWN}:user/team/Al`
const ROLE = `arn:aws:iam::${OWN}:role/R`
const SESSION = `arn:aws:sts::${OWN}:assumed-role/R/s`
const FEDERATED = `arn:aws:sts::${OWN}:federated-user/F`
const ROOT = `arn:aws:iam::${OWN}:root`
const LINKED = `arn:aws:iam::${OWN}:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForOps`

const PROVIDER = `arn:aws:iam::${OWN}:oidc-provider/token.actions.githubusercontent.com`

const REQUESTERS = [
  USER, USER, USER, PATH_USER, ROLE, ROLE, ROLE, SESSION, SESSION, SESSION, FEDERATED, ROOT, LINKED,
  'lambda.amazonaws.com', 'anonymous', PROVIDER,
]

const PRINCIPALS = [
  '*', '*', { AWS: '*' }, { AWS: OWN }, { AWS: ROOT }, { AWS: USER }, { AWS: ROLE }, { AWS: SESSION }, { AWS: FEDERATED },
  { AWS: PATH_USER }, { AWS: OTHER }, { AWS: `arn:aws:iam::${OTHER}:user/Al` }, { AWS: [USER, ROLE] }, { AWS: [ROOT, USER] },
  { AWS: [ROOT, ROLE] }, { AWS: [ROOT, ROLE, SESSION] }, { Service: 'lambda.amazonaws.com' },
  { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'], AWS: ROLE }, { Service: 'ec2.amazonaws.com' }, { AWS: LINKED },
  { Federated: PROVIDER }, { Federated: 'cognito-identity.amazonaws.com' },
]

const FOR_FEDERATED = ['*', { Federated: PROVIDER }, { Federated: PROVIDER, AWS: ROLE }, { Federated: 'cognito-identity.amazonaws.com' }, { AWS: USER }]

const ASKED = [
  ['s3:GetObject', 'arn:aws:s3:::logs/home/Al/x'],
  ['s3:GetObject', 'arn:aws:s3:::logs/$/z'],
  ['s3:PutObject', 'arn:aws:s3:::logs/red/y'],
  ['s3:ListBucket', 'arn:aws:s3:::logs'],
  ['s3:ListAllMyBuckets', '*'],
  ['dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:@:table/x'],
  ['sqs:SendMessage', 'arn:aws:sqs:us-east-1:@:jobs'],
  ['sns:Publish', 'arn:aws:sns:us-east-1:@:news'],
  ['kms:Decrypt', 'arn:aws:kms:us-east-1:@:key/1234'],
  ['sts:AssumeRole', 'arn:aws:iam::@:role/T'],
  ['iam:PassRole', 'arn:aws:iam::@:role/T'],
  ['iam:ListUsers', '*'],
  ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:us-east-1:@:secret:db-AbCdEf'],
  ['ec2:StopInstances', 'arn:aws:ec2:us-east-1:@:instance/i-1'],
  ['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:@:function:f'],
]

// Keys by the type of their values: what a request may carry, and what policies ask for.
const KEYS = {
  text: {
    names: ['aws:SourceVpc', 'aws:PrincipalTag/team', 'aws:username', 'aws:userid', 'aws:PrincipalOrgID'],
    given: ['red', 'Red', 'blue', 'Al', 'a*b', 'a?b', '$', 'x'],
    asked: ['red', 'RED', 'r*', 'b?ue', 'Al', '*', 'a*b', 'a${*}b', 'a${?}b', '${$}', '${aws:username}', '${aws:userid}x',
      "${aws:PrincipalTag/team, 'red'}", "${aws:userid, 'x'}", '${aws:PrincipalTag/team}', '', 'x'],
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  },
  several: {
    names: ['aws:TagKeys', 'aws:CalledVia', 'aws:PrincipalOrgPaths'],
    given: [['a'], ['a', 'b'], ['b', 'c'], ['c'], [], ['A'], ['ab', 'ac'], [''], ['a', '']],
    asked: ['a', 'b', 'a*', 'A', '?', '${aws:username}', ''],
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  },
  number: {
    names: ['aws:MultiFactorAuthAge'],
    given: ['0', '5', '10', '3600', '5.5'],
    asked: ['0', '5', '5.0', '5.5', '10', '-1', 'x', '3600'],
    operators: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
  },
  date: {
    names: ['aws:CurrentTime', 'aws:TokenIssueTime'],
    given: ['2020-01-01T00:00:00Z', '2024-02-29T12:30:00Z', '2030-06-01T00:00:00+02:00'],
    asked: ['2020-01-01T00:00:00Z', '2020-01-01', '2024-02-29T12:30:00.000Z', '2024-02-29T13:30:00+01:00', '2030-05-31T22:00:00Z',
      '2025-01', '1577836800', '1709209800', '2024', 'soon'],
    operators: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  },
  truth: {
    names: ['aws:MultiFactorAuthPresent', 'aws:SecureTransport'],
    given: ['true', 'false'],
    asked: ['true', 'false', 'True', 'FALSE', 'yes'],
    operators: ['Bool'],
  },
  address: {
    names: ['aws:SourceIp'],
    given: ['10.1.2.3', '192.0.2.9', '2001:db8::1', '2001:db8:ffff::2'],
    asked: ['10.0.0.0/8', '10.1.2.3', '10.1.2.3/32', '10.1.2.0/31', '0.0.0.0/0', '10.0.0.0/0', '192.0.2.8/29', '2001:db8::/32', '2001:db8::1',
      '2001:db8:0::1', '::/0', '10.0.0.0/33', 'office'],
    operators: ['IpAddress', 'NotIpAddress'],
  },
  arn: {
    names: ['aws:SourceArn', 'aws:PrincipalArn'],
    given: ['arn:aws:sns:us-east-1:111122223333:news', 'arn:aws:s3:::logs', ROLE, USER, 'arn:aws:lambda:us-east-1:111122223333:function:f:v1', 'none'],
    asked: ['arn:aws:sns:us-east-1:111122223333:news', 'arn:aws:sns:*:*:n?ws', 'arn:aws:s3:::*', `arn:aws:iam::${OWN}:role/*`, 'arn:aws:iam::*:user/${aws:username}',
      'arn:aws:*:news', 'arn:*:*:*:*:*', 'arn:aws:lambda:*:*:function:f', 'arn:aws:lambda:*:*:function:*:v1', 'arn:aws:SNS:*:*:*', '*'],
    operators: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
  },
  bytes: {
    names: ['aws:userid'],
    given: ['QmluYXJ5', 'QQ==', 'x'],
    asked: ['QmluYXJ5', 'qmluYXJ5', 'QQ==', 'QUI='],
    operators: ['BinaryEquals'],
  },
}

export function makeCase(seed) {
  const next = random(seed)
  const chance = (share) => next() < share
  const pick = (list) => list[Math.floor(next() * list.length)]
  const some = (list, most) => {
    const count = 1 + Math.floor(next() * most)
    return Array.from({ length: count }, () => pick(list))
  }
  const oneOrMany = (list, most = 2) => {
    const found = some(list, most)
    return found.length === 1 && chance(0.7) ? found[0] : found
  }

  const requester = pick(REQUESTERS)
  const account = chance(0.25) && requester !== PROVIDER ? OTHER : OWN
  const [action, shape] = requester === PROVIDER ? ['sts:AssumeRoleWithWebIdentity', 'arn:aws:iam::@:role/T'] : pick(ASKED)
  const resource = shape.replace('@', account)

  const context = {}
  for (const kind of Object.values(KEYS)) {
    for (const name of kind.names) if (chance(0.55) && !(name in context)) context[name] = pick(kind.given)
  }

  const actions = () => {
    const [service, name] = action.split(':')
    return [
      action, action, `${service}:*`, '*', `${service}:${name.slice(0, 3)}*`, action.toUpperCase(), `${service}:?${name.slice(1)}`,
      'ec2:*', `${service}:Other`, `${service}:*${name.slice(-3)}`,
    ]
  }
  const resources = () => {
    const fields = resource.split(':')
    const list = ['*', '*', resource, resource, 'arn:aws:s3:::other/*']
    if (fields.length >= 6) {
      const rest = fields.slice(5).join(':')
      const head = fields.slice(0, 5).join(':')
      list.push(
        `${head}:*`, `${head}:${rest.slice(0, 2)}*`, `${head}:?${rest.slice(1)}`, `arn:aws:${fields[2]}:*:*:${rest}`,
        `arn:aws:${fields[2]}:*`, `arn:aws:${fields[2]}`, `arn:*:${fields[2]}:*:*:*`, `arn:aws:${fields[2]}:*:${rest}`, `${head}:${rest.toUpperCase()}`,
        `${head}:*${rest.slice(-1)}`, 'arn:aws:s3:::logs/home/${aws:username}/*', "arn:aws:s3:::logs/${aws:PrincipalTag/team, 'red'}/*",
        'arn:aws:s3:::logs/${aws:PrincipalTag/team}/*', 'arn:aws:s3:::logs/${$}/*', 'arn:aws:s3:::logs/*', 'arn:aws:s3:::*',
        `arn:aws:${fields[2]}:us-*:${account}:${rest}`, `arn:aws:${fields[2]}:us*:${rest}`,
      )
    }
    return list
  }
  const condition = () => {
    const kind = pick(Object.values(KEYS))
    let operator = chance(0.07) ? 'Null' : pick(kind.operators)
    const values = operator === 'Null' ? pick(['true', 'false']) : oneOrMany(kind.asked)
    if (operator !== 'Null' && chance(0.2)) operator += 'IfExists'
    if (kind === KEYS.several ? chance(0.9) : chance(0.05)) operator = pick(['ForAllValues:', 'ForAnyValue:']) + operator
    const name = pick(kind.names)
    return { [operator]: { [chance(0.1) ? name.toLowerCase() : name]: values } }
  }
  const conditions = (share) => {
    const found = {}
    while (chance(share)) {
      for (const [operator, keys] of Object.entries(condition())) {
        // One key in two spellings is what AWS refuses.
        const spelled = new Set(Object.keys(found[operator] ?? {}).map((key) => key.toLowerCase()))
        const others = Object.entries(keys).filter(([key]) => !spelled.has(key.toLowerCase()))
        found[operator] = { ...found[operator], ...Object.fromEntries(others) }
      }
      share /= 2
    }
    return Object.keys(found).length > 0 ? { Condition: found } : {}
  }
  const statement = (what, denies, conditioned) => ({
    ...(chance(0.2) ? { Sid: `S${Math.floor(next() * 1e9)}` } : {}),
    Effect: chance(denies) ? 'Deny' : 'Allow',
    ...what,
    ...(chance(0.12) ? { NotAction: oneOrMany(actions()) } : { Action: oneOrMany(actions()) }),
    ...(chance(0.12) ? { NotResource: oneOrMany(resources()) } : { Resource: oneOrMany(resources()) }),
    ...conditions(conditioned),
  })
  const policy = (statements) => ({
    Version: chance(0.03) ? '2008-10-17' : '2012-10-17',
    Statement: statements.length === 1 && chance(0.3) ? statements[0] : statements,
  })
  const list = (most, make) => Array.from({ length: 1 + Math.floor(next() * most) }, make)
  const identityPolicy = (denies = 0.15, conditioned = 0.45) => policy(list(3, () => statement({}, denies, conditioned)))
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  const resourcePolicy = () => {
    const statements = list(3, () => {
      // Who comes from an identity provider is of no account; the other implementation takes the provider's.
      const named = requester === PROVIDER ? FOR_FEDERATED : PRINCIPALS
      const who = chance(0.1) && requester !== PROVIDER ? { NotPrincipal: pick(named) } : { Principal: pick(named) }
      const made = statement(who, 0.15, 0.35)
      if (action.startsWith('sts:AssumeRole')) {
        delete made.Resource
        delete made.NotResource
      }
      return made
    })
    return policy(statements)
  }

  const made = { request: { action, resource, resourceAccount: account, principal: requester, context }, identityPolicies: [] }
  const hasOwn = requester.startsWith('arn:') && requester !== PROVIDER
  if (hasOwn) {
    if (chance(0.8)) made.identityPolicies = list(2, () => (chance(0.25) ? everything : identityPolicy()))
    if (chance(0.2) && requester !== ROOT && requester !== FEDERATED) made.permissionBoundaries = [identityPolicy(0.1, 0.25)]
    if (chance(0.2) && [ROLE, SESSION, FEDERATED].includes(requester)) made.sessionPolicy = identityPolicy(0.1, 0.25)
  }
  if (chance(hasOwn ? 0.55 : 0.95)) made.resourcePolicy = resourcePolicy()
  if (requester !== 'anonymous' && requester !== PROVIDER && chance(0.25)) {
    made.serviceControlPolicies = list(3, () => list(2, () => (chance(0.6) ? everything : identityPolicy(0.3, 0.3))))
  }
  if (chance(0.12)) {
    made.resourceControlPolicies = list(2, () => list(1, () => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: pick([`${action.split(':')[0]}:*`, action]), Resource: pick(resources()), ...conditions(0.6) }],
    })))
  }
  return made
}
