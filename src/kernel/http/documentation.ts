import { type FaultEntry, faultCatalogue } from '#kernel/faults'
import { schemaOf } from './openapi.ts'
import type { RawDeclared, Route } from './route.ts'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] ?? letter)
}

/** The interface as one page to read: every operation and view with its input, and every fault with what to do about it. */
export function documentation(routes: readonly Route[], raw: readonly RawDeclared[], version: string): string {
  const groups = Map.groupBy(routes, ({ target }) => target.name.split('.')[0] ?? '')
  const nav = [...groups.keys()].map((name) => `<a href="#${escaped(name)}">${escaped(name)}</a>`).join(' ')
  const sections = [...groups].map(
    ([name, of]) => `<section id="${escaped(name)}"><h2>${escaped(name)}</h2>${of.map(described).join('')}</section>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Holdfast ${escaped(version)}: the interface</title><style>${style}</style></head><body><header><h1>Holdfast, the interface</h1>
<p>Version ${escaped(version)}. Amounts are integers of minor units, dates ISO 8601, rates decimal strings in percent a year. What moves value needs an
<code>Idempotency-Key</code>. Machine-readable: <a href="/openapi.json">openapi.json</a>.</p><nav aria-label="Parts">${nav} <a href="#beside">beside</a> <a href="#faults">faults</a></nav></header><main>
${sections.join('\n')}<section id="beside"><h2>Beside operations and views</h2>${raw.map(rawDescribed).join('')}</section><section id="faults"><h2>Faults</h2><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>What to do</th></tr></thead>
<tbody>${faultCatalogue().map(faultRow).join('')}</tbody></table></section></main></body></html>`
}

function described({ method, path, target, example }: Route): string {
  const moves = target.kind === 'operation' && target.spec.moves === 'value' ? ' · moves value' : ''
  const may = target.spec.may.map((grant) => (typeof grant === 'string' ? grant : `${grant.role} (own)`)).join(', ')
  const faults = (target.spec.faults ?? []).map((code) => `<a href="#${escaped(code)}"><code>${escaped(code)}</code></a>`).join(' ')
  return `<article id="${escaped(target.name)}"><h3><code>${method} ${escaped(path)}</code></h3><p>${escaped(target.spec.summary)} <small>${escaped(target.name)} · ${escaped(may)}${moves}</small></p>
${example === undefined ? '' : `<pre>${escaped(JSON.stringify(example, null, 1))}</pre>`}
<details><summary>Input</summary><pre>${escaped(JSON.stringify(schemaOf(target.spec.input, 'input'), null, 1))}</pre></details>
<details><summary>Answer</summary><pre>${escaped(JSON.stringify(schemaOf(target.spec.answer, 'output'), null, 1))}</pre></details>${faults ? `<p>Refuses with ${faults}</p>` : ''}</article>`
}

function rawDescribed({ method, path, summary, may, name = path, described: told }: RawDeclared): string {
  const shapes =
    told === undefined
      ? ''
      : [told.requestBody, told.answer].map((shape) => `<pre>${escaped(JSON.stringify(shape, null, 1))}</pre>`).join('')
  return `<article id="${escaped(name)}"><h3><code>${method} ${escaped(path)}</code></h3><p>${escaped(summary)} <small>${may.join(', ')}</small></p>
${shapes === '' ? '' : `<details><summary>Input and answer</summary>${shapes}</details>`}</article>`
}

function faultRow({ code, status, meaning, remedy }: FaultEntry): string {
  return `<tr id="${escaped(code)}"><td><code>${escaped(code)}</code></td><td>${status}</td><td>${escaped(meaning)}</td><td>${escaped(remedy)}</td></tr>`
}

const style = `:root{color-scheme:light dark}body{font:14px/20px Inter,system-ui,sans-serif;max-width:1080px;margin:0 auto;padding:24px;color:light-dark(#1a1e26,#e8e9ed);background:light-dark(#fff,#181b21)}
a{color:light-dark(#1f5baf,#95bdf8)}h2{margin-top:32px;border-bottom:1px solid light-dark(#e1e3e7,#2d3239)}h3{margin:20px 0 0;font-size:14px}nav a{margin-right:12px}small{color:light-dark(#6b707a,#9fa3ab)}
code,pre{font-family:"JetBrains Mono",ui-monospace,monospace;font-size:12.5px}pre{overflow:auto;background:light-dark(#f3f4f6,#12151a);padding:12px;border-radius:6px}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid light-dark(#e1e3e7,#2d3239)}`
