// opossum ships no types; this is what the benchmark touches.
declare module 'opossum' {
  export default class CircuitBreaker<T> {
    constructor(action: () => Promise<T>, options: { timeout: number | false })
    fire(): Promise<T>
    shutdown(): void
  }
}
