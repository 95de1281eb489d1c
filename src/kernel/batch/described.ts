import { BATCH_LIMITS } from '#kernel/fanin'

const call = {
  type: 'object',
  required: ['id', 'path'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' },
    method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], default: 'GET' },
    path: {
      type: 'string',
      maxLength: 2048,
      description: 'Starts with /api/. `{loan#/borrower}` stands for what the JSON pointer /borrower names in the answer of call `loan`.',
    },
    headers: { type: 'object', properties: { 'idempotency-key': { type: 'string' } } },
    body: { description: '`{ "$from": "loan", "pointer": "/borrower" }` anywhere in it stands for what is named there.' },
    dependsOn: { type: 'array', items: { type: 'string' }, description: 'Ids of calls that must have succeeded; references imply it.' },
  },
}

const answer = {
  type: 'object',
  required: ['id', 'status', 'headers', 'body'],
  properties: {
    id: { type: 'string' },
    status: { type: 'integer', description: 'As if called alone; 424 for a call that was not made.' },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    body: { description: 'The answer or the problem; null if left out.' },
    omitted: { const: 'too_large', description: 'The call was made, but the answers together would be too large.' },
  },
}

const example = {
  calls: [
    { id: 'people', path: '/api/v1/people?limit=1' },
    { id: 'newest', path: '/api/v1/people/{people#/items/0/id}' },
  ],
}

/** The batch as OpenAPI 3.1 tells it. */
export const described = {
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['calls'],
          additionalProperties: false,
          properties: { calls: { type: 'array', minItems: 1, maxItems: BATCH_LIMITS.calls, items: call } },
        },
        example,
      },
    },
  },
  answer: {
    description: 'An answer to each call, in their order',
    content: {
      'application/json': { schema: { type: 'object', required: ['answers'], properties: { answers: { type: 'array', items: answer } } } },
    },
  },
}
