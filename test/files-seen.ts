import type { TestEvent } from 'node:test/reporters'

/** A reporter: a line for each test file of which a test has ended. */
async function* filesSeen(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const seen = new Set<string>()
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.file === undefined || seen.has(data.file)) continue
    seen.add(data.file)
    yield `${data.file}\n`
  }
}

// Node asks a reporter's module for this name.
export { filesSeen as default }
