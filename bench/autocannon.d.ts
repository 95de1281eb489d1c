// autocannon ships no types; this is what the benchmarks touch.
declare module 'autocannon' {
  export interface LoadRequest {
    method: string
    path: string
    headers: Record<string, string>
    body: string
  }
  export interface LoadResult {
    readonly '2xx': number
    readonly non2xx: number
    readonly errors: number
    readonly duration: number
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
  }
  export default function autocannon(options: {
    url: string
    connections: number
    duration: number
    requests: { setupRequest: (request: LoadRequest) => LoadRequest }[]
  }): Promise<LoadResult>
}
