import { catalogued, faultCatalogue } from '#kernel/faults'
import { z } from 'zod'
import { portablePattern } from './portable-pattern.ts'
import type { RawDeclared, Route } from './route.ts'

type Json = Record<string, unknown>

/** What every call may be refused with. */
export const generalFaults: readonly string[] = [
  'operations.input_invalid',
  'http.not_authenticated',
  'http.rate_limited',
  'operations.forbidden',
]
/** And one that moves value, about its key. */
export const keyFaults: readonly string[] = [
  'operations.key_missing',
  'operations.key_malformed',
  'operations.key_reused',
  'operations.key_in_flight',
]

/** And one that has a body, about that. */
export const bodyFaults: readonly string[] = ['http.body_too_large', 'http.type_unsupported', 'http.body_malformed']

/** What a target refuses with of its own: what it declares, and what hides an object that is another's. */
export function ownFaults({ spec }: Route['target']): readonly string[] {
  const hiding = spec.may.flatMap((grant) => (typeof grant === 'string' ? [] : [grant.owner.fault]))
  return [...new Set([...(spec.faults ?? []), ...hiding])]
}

/** The whole interface as OpenAPI 3.1, made from the declarations that also make the routes, so that it can't disagree with them. */
export function openApi(routes: readonly Route[], raw: readonly RawDeclared[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const one of routes) (paths[one.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[one.method.toLowerCase()] = described(one)
  for (const one of raw) {
    ;(paths[one.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[one.method.toLowerCase()] = {
      ...(one.name === undefined ? {} : { operationId: one.name, tags: [one.name.split('.')[0]] }),
      summary: one.summary,
      ...(one.described?.requestBody === undefined ? {} : { requestBody: one.described.requestBody }),
      responses: { 200: one.described?.answer ?? { description: 'As described' }, ...refusals(generalFaults) },
      'x-may': one.may,
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description: 'The back office of a consumer-finance company. Amounts are integers of minor units; dates ISO 8601.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema },
    },
    'x-faults': faultCatalogue(),
  }
}

function described({ path, params, method, target, example }: Route): Json {
  const input = schemaOf(target.spec.input, 'input')
  const properties = (input['properties'] ?? {}) as Record<string, Json>
  const required = (input['required'] ?? []) as string[]
  const inPath = new Set(params)
  const rest = Object.entries(properties).filter(([name]) => !inPath.has(name))
  const body = method !== 'GET' && rest.length > 0
  const moves = target.kind === 'operation' && target.spec.moves === 'value'
  const query = method === 'GET' ? rest.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema })) : []
  const key = { name: 'Idempotency-Key', in: 'header', required: moves, schema: { type: 'string', minLength: 1, maxLength: 200 } }
  const status = target.kind === 'operation' ? (target.spec.status ?? 200) : 200
  return {
    operationId: target.name,
    summary: target.spec.summary,
    tags: [target.name.split('.')[0]],
    parameters: [
      ...params.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
      ...query,
      ...(target.kind === 'operation' ? [key] : []),
    ],
    ...(target.spec.may.includes('anyone') ? { security: [] } : {}),
    ...(body
      ? {
          requestBody: requestBody(input, rest, { required: required.filter((name) => !inPath.has(name)), example }),
        }
      : {}),
    responses: {
      [status]: { description: 'Done', content: { 'application/json': { schema: schemaOf(target.spec.answer, 'output') } } },
      ...refusals([...generalFaults, ...(body ? bodyFaults : []), ...(moves ? keyFaults : []), ...ownFaults(target)]),
    },
    'x-may': target.spec.may.map((grant) => (typeof grant === 'string' ? grant : `${grant.role} (own)`)),
    'x-path': path,
  }
}

function requestBody(
  input: Json,
  rest: readonly (readonly [string, Json])[],
  told: { readonly required: readonly string[]; readonly example: unknown },
): Json {
  const { required, example } = told
  const schema = {
    type: 'object',
    properties: Object.fromEntries(rest),
    required,
    additionalProperties: false,
    ...(input['$defs'] ? { $defs: input['$defs'] } : {}),
  }
  return { required: required.length > 0, content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } }
}

function refusals(codes: readonly string[]): Json {
  const byStatus = new Map<number, string[]>()
  for (const code of codes) {
    const { status, meaning } = catalogued(code)
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${meaning}`])
  }
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, lines]) => [status, { description: lines.join('\n\n'), content }]),
  )
}

/** A zod schema as JSON Schema; what JSON Schema can't say (a refinement) is left out, zod judges it all the same. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any', override }) as Json
  return rest
}

function override({ jsonSchema }: { readonly jsonSchema: { pattern?: string } }): void {
  if (jsonSchema.pattern !== undefined) jsonSchema.pattern = portablePattern(jsonSchema.pattern)
}

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'facts', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    facts: { type: 'object' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } } },
    },
    requestId: { type: 'string' },
  },
}
