import { session, stream, topology, tumbling, type LoggedRecord, type Topology } from '#kernel/streams'

/** The topology and the log of the crash test: the same in the test and in the process that it kills. */
export function countedPayments(): Topology {
  const payments = stream<number>('payments')
  const windows = payments.groupByKey().windowedBy(tumbling({ sizeMs: 500, graceMs: 100 }))
  return topology([
    windows.count().suppress('untilWindowCloses').to('counts'),
    payments
      .groupBy((_key, value) => `k${value % 3}`)
      .reduce((sum, value) => sum + value)
      .to('sums'),
    payments
      .groupByKey()
      .windowedBy(session({ gapMs: 40 }))
      .count()
      .to('sessions'),
  ])
}

export function paymentLog(length: number): LoggedRecord[] {
  return Array.from({ length }, (_, at) => {
    const late = at % 11 === 0 ? 300 : 0
    return { key: `k${(at * 7919) % 50}`, value: at % 17, timestamp: Math.max(0, at * 5 - late), position: at + 1 }
  })
}
