import { faults } from '#kernel/faults'

export const httpFaults = faults('http', {
  not_authenticated: [
    401,
    'This call needs a session.',
    'Sign in with POST /api/v1/sessions and send its accessToken as Authorization: Bearer.',
  ],
  route_unknown: [404, 'There is nothing at this address.', 'Look at /docs for the addresses there are.'],
  method_unknown: [405, 'This address does not take this method.', 'Use one of those in facts.allowed; /docs lists the addresses.'],
  request_malformed: [400, 'This is not well-formed HTTP.', 'Let an HTTP client write the request.'],
  headers_too_large: [431, 'The headers are larger than 16 KiB.', 'Send fewer or shorter headers and cookies.'],
  cross_site: [403, 'A page of another site may not use this session.', 'Call from the console itself, or with a bearer token.'],
  not_in_batch: [422, 'What is at this address cannot be called within a batch.', 'Call it by itself.'],
  rate_limited: [429, 'Too many calls in a short time.', 'Wait as long as Retry-After says.'],
  precondition_failed: [412, 'The file is not as the request wants it to be.', 'Ask without If-Match and If-Unmodified-Since.'],
  body_too_large: [413, 'The body is larger than 1 MiB.', 'Send less at a time.'],
  type_unsupported: [415, 'The body is not JSON.', 'Send Content-Type: application/json.'],
  body_malformed: [400, 'The body is not well-formed JSON, or nested too deep.', 'Correct the JSON; look at facts for the place.'],
  address_malformed: [400, 'The address is not well-formed.', 'Encode the address as RFC 3986 says.'],
  cursor_invalid: [
    400,
    'The cursor in `after` is not one that this list gave, asked for with these filters.',
    'Send `next` of the page before, unchanged, or leave `after` out.',
  ],
  timed_out: [408, 'The request did not arrive in time.', 'Send it again.'],
})
