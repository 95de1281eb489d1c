import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '#services/http.ts'

// The rules of every form: taken from the operations' own JSON Schemas, never declared a second time.

export type Schema = {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly default?: unknown
  readonly title?: string
  readonly description?: string
}

type OpenApiOperation = {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
}
type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

export type OperationSchema = { readonly name: string; readonly method: string; readonly path: string; readonly body: Schema }

const REFS_DEEP = 8

const resolve = (schema: Schema | undefined, api: OpenApi, depth = 0): Schema => {
  if (!schema || depth > REFS_DEEP) return {}
  if (schema.$ref) return resolve(api.components?.schemas?.[schema.$ref.replace('#/components/schemas/', '')], api, depth + 1)
  if (schema.allOf) return Object.assign({}, schema, ...schema.allOf.map((part) => resolve(part, api, depth + 1))) as Schema
  if (!schema.properties) return schema
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, resolve(field, api, depth + 1)])),
  }
}

const operationsOf = (api: OpenApi): ReadonlyMap<string, OperationSchema> => {
  const found = new Map<string, OperationSchema>()
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId) {
        const body = resolve(operation.requestBody?.content?.['application/json']?.schema, api)
        found.set(operation.operationId, { name: operation.operationId, method: method.toUpperCase(), path, body })
      }
  return found
}

export const operationsQuery = queryOptions({
  queryKey: ['operations'],
  queryFn: async ({ signal }) => operationsOf(await api<OpenApi>('/openapi.json', { signal })),
  staleTime: Infinity,
  gcTime: Infinity,
})

/** The request body's schema of an operation; an empty one while it loads, so that a form can be drawn at once and judged by the server. */
export const useBodySchema = (operation: string): Schema => useQuery(operationsQuery).data?.get(operation)?.body ?? {}

/** How long a text has to be at least, as a field's hint: of the operation's own schema, so that it is said once. */
export const lengthHint = ({ properties }: Schema, field: string): string | undefined => {
  const least = properties?.[field]?.minLength
  return least === undefined ? undefined : `At least ${least} characters.`
}
