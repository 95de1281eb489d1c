import { partsOf, type Node } from './node.ts'

/**
 * The fields a predicate reads, sorted: dotted paths from the row, through lists to the field of the element
 * (`contacts.verified`), and a list or object itself where it is asked for as a whole.
 */
export function fieldsOf(node: Node): string[] {
  const paths = new Set<string>()
  collect(node, new Map([[0, '']]), paths)
  return [...paths].sort()
}

function collect(node: Node, roots: ReadonlyMap<number, string>, paths: Set<string>): void {
  if (node.op === 'ref') {
    const path = pathOf(node, roots)
    if (path !== '') paths.add(path)
    return
  }
  if (node.op !== 'quantifier') {
    for (const part of partsOf(node)) collect(part, roots, paths)
    return
  }
  const list = pathOf(node.list, roots)
  paths.add(list)
  collect(node.body, new Map(roots).set(node.variable, list), paths)
}

function pathOf(node: { readonly root: number; readonly names: readonly string[] }, roots: ReadonlyMap<number, string>): string {
  const base = roots.get(node.root) ?? ''
  return [...(base === '' ? [] : [base]), ...node.names].join('.')
}
