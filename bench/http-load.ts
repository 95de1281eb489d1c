import { setTimeout as sleep } from 'node:timers/promises'
import autocannon, { type LoadRequest } from 'autocannon'
import { Pool } from 'undici'

/** One request of a load: each call makes another. */
export interface Shot {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Load {
  /** Answers a second. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

const created = 201

function aimed(request: LoadRequest, { path, headers, body }: Shot): LoadRequest {
  return { ...request, method: 'POST', path, headers: { ...request.headers, ...headers }, body }
}

/** As fast as `connections` callers get their answers; throws if any answer isn't 201. */
export async function full(
  url: string,
  shots: () => Shot,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [{ setupRequest: (request) => aimed(request, shots()) }],
  })
  if (result.non2xx + result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
}

/** In it the connections are opened; what is sent in it is not counted. */
const settlingMs = 1_000

/** A fixed number of requests a second, sent when their time has come whether or not earlier ones are answered; times count from when each was due. */
export async function steady(
  url: string,
  shots: () => Shot,
  { connections, seconds, rate }: { connections: number; seconds: number; rate: number },
): Promise<number[]> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const latencies: number[] = []
  const pending: Promise<void>[] = []
  const begin = performance.now()
  const send = async (due: number): Promise<void> => {
    const { statusCode, body } = await pool.request({ method: 'POST', ...shots() })
    const text = await body.text()
    if (statusCode !== created) throw new Error(`${statusCode} ${text}`)
    if (due - begin > settlingMs) latencies.push(performance.now() - due)
  }
  for (let sent = 0; sent < rate * seconds;) {
    const due = begin + (sent * 1000) / rate
    if (due <= performance.now()) {
      pending.push(send(due))
      sent += 1
    } else await sleep(1)
  }
  await Promise.all(pending)
  await pool.close()
  return latencies
}
