export {
  each,
  keyed,
  listed,
  rowsByKey,
  writeOf,
  type Asked,
  type Gathering,
  type GroupTx,
  type Moment,
  type Tx,
  type Write,
  type Wrote,
} from './tx.ts'
