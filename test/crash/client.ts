import type { ServerProcess } from '#test/server-process'

/** A call that must be done once: noted before it is sent, and again with what it was answered. */
export interface Sent {
  readonly route: string
  readonly key: string
  readonly body: string
  answer: string | undefined
}

interface Page {
  readonly items: readonly Record<string, unknown>[]
  readonly next: string | null
}

const password = 'Monsoon over Pune 7'
const answersWithinMs = 20_000

/** Asks one server after the other, for they come and go; remembers everything that was sent, so that it can be sent again. */
export class Client {
  #url = ''
  #token = ''
  readonly sent: Sent[] = []

  /** Signs in at a server that was just started; the first one makes its administrator. */
  async to({ url, said }: ServerProcess): Promise<void> {
    this.#url = url
    const token = /set-up\?token=(\S+)/.exec(said())?.[1]
    if (token !== undefined) await this.must('POST /set-up', { token, name: 'Asha', phone: '+919800000001', login: 'asha', password })
    this.#token = String((await this.must('POST /sessions', { login: 'asha', password }))['accessToken'])
  }

  async ask(target: string, body?: object | string, key?: string): Promise<{ readonly status: number; readonly text: string }> {
    const [method = '', route = ''] = target.split(' ')
    const reply = await fetch(`${this.#url}/api/v1${route}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(answersWithinMs),
    })
    return { status: reply.status, text: await reply.text() }
  }

  async must(target: string, body?: object, key?: string): Promise<Readonly<Record<string, unknown>>> {
    const { status, text } = await this.ask(target, body, key)
    if (status >= 300) throw new Error(`${target}: ${status} ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }

  /** Every item of a list. */
  async all(route: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const items: Record<string, unknown>[] = []
    for (let after = ''; ;) {
      const page = (await this.must(`GET ${route}${route.includes('?') ? '&' : '?'}limit=200${after}`)) as unknown as Page
      items.push(...page.items)
      if (page.next === null) return items
      after = `&after=${page.next}`
    }
  }

  /** Sends what must be done once. Undefined if no answer came: what became of it is found out by sending it again. */
  async once(route: string, key: string, body: object): Promise<Readonly<Record<string, unknown>> | undefined> {
    const sent: Sent = { route, key, body: JSON.stringify(body), answer: undefined }
    this.sent.push(sent)
    const reply = await this.ask(`POST ${route}`, sent.body, key).catch(() => undefined)
    if (reply === undefined || reply.status >= 300) return undefined
    sent.answer = reply.text
    return JSON.parse(reply.text) as Record<string, unknown>
  }
}
